// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "core/hash.h"
#include "core/history.h"

namespace fairlead::engine {

/// Remembers a place by a channel and a key of it, for a time, within a bound of memory: over it the oldest
/// are forgotten.
///
/// Threads: one.
class Memo {
public:
    Memo(std::size_t max_bytes, std::chrono::seconds age, const core::Hash& hash)
        : max_bytes_(max_bytes), age_(age), by_key_(0, Hasher{hash}) {}

    /// Null: nothing is remembered. It holds until the next put().
    const core::Position* find(std::string_view channel, std::string_view key, base::Steady now) const;
    /// From here on it is the newest.
    void put(std::string_view channel, std::string_view key, core::Position place, base::Steady now);
    /// Forgets what is too old, to give back its memory.
    void tick(base::Steady now);

    std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Entry {
        std::string key;
        core::Position place;
        base::Steady until;
    };
    using Entries = std::list<Entry>;  // the oldest stands first
    struct Hasher {
        core::Hash hash;
        std::size_t operator()(std::string_view key) const noexcept { return hash(key); }
    };

    void forget(Entries::iterator entry);

    const std::size_t max_bytes_;
    const std::chrono::seconds age_;
    Entries entries_;
    std::unordered_map<std::string_view, Entries::iterator, Hasher> by_key_;  // views of their keys
    std::size_t bytes_ = 0;
};

}  // namespace fairlead::engine
