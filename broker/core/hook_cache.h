// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace fairlead::core {

/// Answers of hooks that said for how long they hold. Bounded in bytes: the one that was not used for longest goes first.
/// Threads: one.
class HookCache {
public:
    explicit HookCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// Null if there is none, or its time is over. Holds until the next call.
    const std::string* find(std::string_view key, base::Steady now);
    /// `user` is whom it is about; empty = nobody who is known.
    void put(std::string key, std::string answer, std::string_view user, base::Steady until);

    /// Drops what is about this user. Looks at all there is.
    void forget(std::string_view user);
    void clear();

    std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Entry {
        std::string key;
        std::string answer;
        std::string user;
        base::Steady until;
    };
    using Entries = std::list<Entry>;

    static std::size_t cost(const Entry& entry) noexcept;
    void erase(Entries::iterator entry);

    const std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    Entries entries_;  // the one used last stands first
    std::unordered_map<std::string_view, Entries::iterator> by_key_;
};

}  // namespace fairlead::core
