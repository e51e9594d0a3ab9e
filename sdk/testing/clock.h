// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>

#include "base/clock.h"

namespace fairlead::testing {

/// The time of broker and services: it begins as the machine's and stands still until it is told to move, or
/// to run. Threads: any.
class Clock final : public base::Clock {
public:
    base::Steady now() const override { return start_ + passed(); }
    base::Wall wall() const override {
        return wall_start_ + std::chrono::duration_cast<base::Wall::duration>(passed());
    }

    void advance(std::chrono::nanoseconds by) { moved_.fetch_add(by.count(), std::memory_order_acq_rel); }

    /// From here on as the machine's does.
    void run() { runs_since_.store(std::chrono::steady_clock::now().time_since_epoch().count()); }

private:
    std::chrono::nanoseconds passed() const {
        const std::int64_t since = runs_since_.load();
        const std::chrono::nanoseconds moved(moved_.load(std::memory_order_acquire));
        if (since == 0) return moved;
        return moved +
               (std::chrono::steady_clock::now().time_since_epoch() - std::chrono::nanoseconds(since));
    }

    const base::Steady start_ = std::chrono::steady_clock::now();
    const base::Wall wall_start_ = std::chrono::system_clock::now();
    std::atomic<std::int64_t> moved_{0};
    std::atomic<std::int64_t> runs_since_{0};  // 0: it stands
};

}  // namespace fairlead::testing
