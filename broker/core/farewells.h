// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/timer_wheel.h"

namespace fairlead::core {

/// Names that are gone, and that count as there until their time is over: who comes back before has not been
/// away.
///
/// Threads: one.
class Farewells {
public:
    explicit Farewells(base::Steady now) : timers_(now, std::chrono::milliseconds(50)) {}

    /// The name is gone.
    void begin(std::string_view name, base::Steady until) {
        std::string key(name);
        Farewell& farewell = waiting_[key];
        timers_.cancel(farewell.timer);
        farewell = {timers_.add(until, std::move(key)), snapshots_};
    }

    /// The name is back. False: everybody knows that it was away, or may have been told so by a snapshot, or would miss it
    /// in one that is not finished.
    bool back(std::string_view name, base::Steady now) {
        const auto found = waiting_.find(std::string(name));
        if (found == waiting_.end()) return false;
        const bool known = found->second.snapshots == snapshots_ && now >= unfinished_until_;
        timers_.cancel(found->second.timer);
        waiting_.erase(found);
        return known;
    }

    /// Somebody has been told a page of who is there, and perhaps not the last; those who wait here are on none.
    void snapshot_taken(base::Steady now, bool more) noexcept {
        ++snapshots_;
        // Rows change while pages are taken, so that who comes back may stand where they were taken already.
        if (more) unfinished_until_ = now + std::chrono::minutes(10);
    }

    /// Calls over(name) for each whose time is over.
    template <typename Over>
    void tick(base::Steady now, Over&& over) {
        timers_.advance(now, [&](const std::string& name) {
            waiting_.erase(name);
            over(name);
        });
    }

    std::size_t size() const noexcept { return waiting_.size(); }

private:
    struct Farewell {
        base::TimerId timer = 0;
        std::uint64_t snapshots = 0;  // that there had been
    };
    std::unordered_map<std::string, Farewell> waiting_;
    base::TimerWheel<std::string> timers_;
    std::uint64_t snapshots_ = 0;
    base::Steady unfinished_until_{};
};

}  // namespace fairlead::core
