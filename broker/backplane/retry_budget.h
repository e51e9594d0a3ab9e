// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace fairlead::backplane {

/// How many requests of a route may be repeated after instances were lost with them: 10 and a fifth of the
/// requests of the last ten seconds. So repeating cannot become the load that ends the next instance.
/// Threads: one.
class RetryBudget {
public:
    void request(base::Steady now) noexcept { ++at(now).requests; }

    /// False: there is nothing left. Else one less.
    bool take(base::Steady now) noexcept;

private:
    struct Second {
        std::uint32_t requests = 0;
        std::uint32_t retries = 0;
    };
    static constexpr std::int64_t kSeconds = 10;

    Second& at(base::Steady now) noexcept {
        const std::int64_t second =
            std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
        if (second > current_) move_to(second);
        return seconds_[static_cast<std::size_t>(current_ % kSeconds)];
    }
    void move_to(std::int64_t second) noexcept;

    std::array<Second, kSeconds> seconds_{};
    std::int64_t current_ = 0;  ///< the newest second, since the clock's epoch
};

}  // namespace fairlead::backplane
