// SPDX-License-Identifier: Apache-2.0
#include "backplane/latency.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace fairlead::backplane {
namespace {

constexpr std::uint32_t kSamples = 32;
constexpr std::chrono::seconds kFresh{1};
constexpr std::chrono::microseconds kLeast{100};  // below it the loop's turns are what is measured

double nanoseconds(Latency::Time time) noexcept {
    return std::chrono::duration<double, std::nano>(time).count();
}

}  // namespace

void Latency::add(Time took, base::Steady now) noexcept {
    const double sample = nanoseconds(std::max<Time>(took, kLeast));
    // After a pause the old average says nothing any more.
    samples_ = now - last_ > kFresh ? 1 : std::min(samples_ + 1, kSamples);
    average_ += (sample - average_) / samples_;
    last_ = now;
}

double Latency::decayed_ratio(double fastest, base::Steady now) const noexcept {
    const auto silent = static_cast<int>(
        std::min(std::chrono::duration_cast<std::chrono::seconds>(now - last_), std::chrono::seconds(1000))
            .count());
    const double ratio = 1 + std::ldexp(average_ / fastest - 1, -silent);
    return ratio <= kEqual ? 1 : ratio;
}

}  // namespace fairlead::backplane
