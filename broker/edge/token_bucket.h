// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "edge/options.h"

namespace fairlead::edge {

/// Lets a Rate through. Small on purpose: one stands in each connection.
/// Threads: one.
class TokenBucket {
public:
    TokenBucket(const Rate& rate, base::Steady now) : tokens_(static_cast<float>(rate.burst)), last_(now) {}

    /// Takes one (or `amount`) if it is there.
    bool take(const Rate& rate, base::Steady now, double amount = 1) {
        refill(rate, now);
        if (tokens_ < static_cast<float>(amount)) return false;
        tokens_ -= static_cast<float>(amount);
        return true;
    }

    /// Takes it whether or not it is there. Gives the seconds until nothing is owed; 0 = nothing is.
    double charge(const Rate& rate, base::Steady now, double amount) {
        refill(rate, now);
        tokens_ -= static_cast<float>(amount);
        return tokens_ >= 0 ? 0 : -static_cast<double>(tokens_) / rate.per_second;
    }

private:
    void refill(const Rate& rate, base::Steady now) {
        double seconds = std::chrono::duration<double>(now - last_).count();
        if (seconds <= 0) return;
        tokens_ = static_cast<float>(std::min(rate.burst, static_cast<double>(tokens_) + seconds * rate.per_second));
        last_ = now;
    }

    float tokens_;
    base::Steady last_;
};

}  // namespace fairlead::edge
