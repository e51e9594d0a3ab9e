// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace fairlead::detail {

/// Pauses between attempts: each random between 0.1 s and a bound that doubles from 0.2 s to 5 s, so that
/// services that lost a broker together do not come back together. Threads: one.
class Backoff {
public:
    explicit Backoff(std::uint32_t seed) : random_(seed) {}

    std::chrono::milliseconds next() {
        bound_ = std::min(2 * bound_, kMax);
        std::uniform_int_distribution<std::chrono::milliseconds::rep> pick(kMin.count(), bound_.count());
        return std::chrono::milliseconds(pick(random_));
    }

    /// After a success.
    void reset() { bound_ = kMin; }

private:
    static constexpr std::chrono::milliseconds kMin{100};
    static constexpr std::chrono::milliseconds kMax{5000};

    std::minstd_rand random_;
    std::chrono::milliseconds bound_ = kMin;
};

}  // namespace fairlead::detail
