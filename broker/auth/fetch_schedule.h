// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"

namespace fairlead::auth {

/// When to fetch keys: at once, then a while after each fetch, sooner when a token names an unknown key or a
/// fetch failed, and never twice within 30 s. Threads: one.
class FetchSchedule {
public:
    static constexpr std::chrono::seconds kLeast{30};

    /// Keys are too old a `max_age` after they were fetched.
    FetchSchedule(std::chrono::milliseconds refresh, std::chrono::milliseconds max_age, base::Steady now)
        : refresh_(refresh), max_age_(max_age), next_(now) {}

    /// A key is wanted. True if that changes when to fetch, or it is time already.
    bool want(base::Steady now);
    bool due(base::Steady now) const { return now >= next_; }
    void started(base::Steady now);
    void ended(base::Steady now, bool fetched);
    /// Whether the keys have just become too old; once for each time that they do.
    bool take_stale(base::Steady now);
    /// When there will be something to do by itself.
    base::Steady next() const;

private:
    const std::chrono::milliseconds refresh_;
    const std::chrono::milliseconds max_age_;
    base::Steady next_;
    std::optional<base::Steady> started_;
    std::optional<base::Steady> stale_;  // when the keys at hand become too old
};

}  // namespace fairlead::auth
