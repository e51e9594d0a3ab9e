// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.h"

namespace fairlead::core {

/// What somebody owes for work whose cost shows only when it is done. It is paid back by time alone; whoever owes more
/// than a second waits.
/// Threads: one.
class Debt {
public:
    bool paid(base::Steady now) const noexcept { return paid_at_ <= now; }
    bool too_high(base::Steady now) const noexcept { return paid_at_ > now + std::chrono::seconds(1); }

    /// `cost`, where `per_second` are paid back in a second.
    void add(double cost, double per_second, base::Steady now) noexcept {
        const std::chrono::duration<double> time(std::min(cost / per_second, kLongest));
        paid_at_ = std::max(paid_at_, now) + std::chrono::duration_cast<base::Steady::duration>(time);
    }

private:
    static constexpr double kLongest = 3600;  // seconds: nobody is shut out for longer by one act

    base::Steady paid_at_{};
};

}  // namespace fairlead::core
