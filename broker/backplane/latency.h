// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace fairlead::backplane {

/// How long an endpoint takes from the handover of a request to its outcome: a moving average of about the
/// last 32. Threads: one.
class Latency {
public:
    using Time = base::Steady::duration;

    void add(Time took, base::Steady now) noexcept;

    /// Nothing is known before the first outcome.
    bool known() const noexcept { return samples_ > 0; }
    double average() const noexcept { return average_; }  ///< nanoseconds

    /// How many times slower than `fastest` it is taken to be: 1 inside twice its time, where the difference
    /// may be chance. What was not heard of for more than a second comes nearer each second, so that one that
    /// recovered is found out.
    double ratio_to(double fastest, base::Steady now) const noexcept {
        return average_ <= kEqual * fastest ? 1 : decayed_ratio(fastest, now);  // 0 while nothing is known
    }

private:
    static constexpr double kEqual = 2;

    double decayed_ratio(double fastest, base::Steady now) const noexcept;

    double average_ = 0;
    std::uint32_t samples_ = 0;
    base::Steady last_{};
};

}  // namespace fairlead::backplane
