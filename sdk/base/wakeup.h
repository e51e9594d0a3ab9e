// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fairlead::base {

/// A descriptor that becomes readable when any thread says so.
class Wakeup {
public:
    /// Throws std::system_error when the system has no descriptor left.
    Wakeup();
    ~Wakeup();
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;

    /// For poll(): readable after signal().
    int descriptor() const noexcept { return descriptor_; }

    /// Threads: any; also from a signal handler.
    void signal() noexcept;

    /// Unreadable again.
    void clear() noexcept;

private:
    const int descriptor_;
};

}  // namespace fairlead::base
