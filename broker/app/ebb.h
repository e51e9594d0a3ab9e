// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "base/clock.h"

namespace fairlead::app {

/// Tells when so many clients have gone that giving their memory back to the system is worth a pause of some
/// milliseconds. malloc keeps what is free below what is used, so without it a flood once would be paid for
/// ever. Threads: one.
class Ebb {
public:
    static constexpr std::chrono::seconds kLookEvery{5};
    static constexpr std::size_t kWorthwhile = 1000;

    /// `clients` of now. True: half of them or more have gone, and no fewer than kWorthwhile, since it last
    /// was.
    bool look(std::size_t clients, base::Steady now) {
        most_ = std::max(most_, clients);
        if (now < next_) return false;
        next_ = now + kLookEvery;
        if (most_ - clients < std::max(kWorthwhile, most_ / 2)) return false;
        most_ = clients;
        return true;
    }

private:
    std::size_t most_ = 0;
    base::Steady next_{};
};

}  // namespace fairlead::app
