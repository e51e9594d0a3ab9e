// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace fairlead::backplane {

/// At most one log line an interval, for what a peer can cause as often as it likes.
/// Threads: one.
class LogLimit {
public:
    explicit LogLimit(std::chrono::milliseconds interval = std::chrono::seconds(1)) : interval_(interval) {}

    /// How many were kept back since the last line, if there may be one now.
    std::optional<std::uint64_t> pass(base::Steady now) noexcept {
        if (last_ && now - *last_ < interval_) {
            ++kept_back_;
            return std::nullopt;
        }
        last_ = now;
        return std::exchange(kept_back_, 0);
    }

private:
    const std::chrono::milliseconds interval_;
    std::optional<base::Steady> last_;
    std::uint64_t kept_back_ = 0;
};

}  // namespace fairlead::backplane
