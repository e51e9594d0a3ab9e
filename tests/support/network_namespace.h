// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace fairlead::support {

/// A network namespace of this process alone, with two addresses of its own and a way to one of ours; it ends
/// with this object. Needs root and `ip`. Threads: one.
class NetworkNamespace {
public:
    /// Empty: it can be made here. Else why not.
    static std::string missing();

    /// Throws with what `ip` says when it cannot be made.
    NetworkNamespace();
    ~NetworkNamespace();
    NetworkNamespace(const NetworkNamespace&) = delete;
    NetworkNamespace& operator=(const NetworkNamespace&) = delete;

    /// Ours, for a broker to listen at.
    const std::string& outside() const { return outside_; }
    /// Those in the namespace. What connects without a choice comes from the first.
    const std::string& first() const { return first_; }
    const std::string& second() const { return second_; }

    /// Runs it in the namespace, on a thread of its own, and waits for its end. It must not throw.
    void inside(const std::function<void()>& act) const;

    /// From now on what connects comes from the second.
    void prefer_second() const;

private:
    void command(const std::string& line) const;

    std::string name_;
    std::string link_;
    std::string outside_;
    std::string first_;
    std::string second_;
};

}  // namespace fairlead::support
