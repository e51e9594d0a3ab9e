// SPDX-License-Identifier: Apache-2.0
#include "backplane/retry_budget.h"

#include <algorithm>

namespace fairlead::backplane {
namespace {

constexpr std::uint64_t kFree = 10;  // a route with few requests has some too
constexpr std::uint64_t kShare = 5;  // one for so many requests

}  // namespace

bool RetryBudget::take(base::Steady now) noexcept {
    Second& current = at(now);
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;
    for (const Second& second : seconds_) {
        requests += second.requests;
        retries += second.retries;
    }
    if (retries >= kFree + requests / kShare) return false;
    ++current.retries;
    return true;
}

void RetryBudget::move_to(std::int64_t second) noexcept {
    for (std::int64_t next = std::max(current_ + 1, second - kSeconds + 1); next <= second; ++next)
        seconds_[static_cast<std::size_t>(next % kSeconds)] = Second();
    current_ = second;
}

}  // namespace fairlead::backplane
