// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace fairlead::base {

using Steady = std::chrono::steady_clock::time_point;
using Wall = std::chrono::system_clock::time_point;

/// Where rules get their time from. Deadlines use now(); only tokens and time stamps use wall().
/// Threads: those of the implementation.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Steady now() const = 0;
    virtual Wall wall() const = 0;
};

/// The machine's clocks. Threads: any.
class SystemClock final : public Clock {
public:
    Steady now() const override { return std::chrono::steady_clock::now(); }
    Wall wall() const override { return std::chrono::system_clock::now(); }
};

/// A clock that stands still until it is told to move, for tests. Threads: one.
class ManualClock final : public Clock {
public:
    Steady now() const override { return now_; }
    Wall wall() const override { return wall_; }
    void advance(std::chrono::nanoseconds by) {
        now_ += std::chrono::duration_cast<Steady::duration>(by);
        wall_ += std::chrono::duration_cast<Wall::duration>(by);
    }
    /// Moves the wall clock alone, as an administrator or NTP does.
    void set_wall(Wall wall) { wall_ = wall; }

private:
    Steady now_{std::chrono::hours(1)};
    Wall wall_{std::chrono::seconds(1'700'000'000)};
};

}  // namespace fairlead::base
