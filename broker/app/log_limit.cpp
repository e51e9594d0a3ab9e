// SPDX-License-Identifier: Apache-2.0
#include "app/log_limit.h"

#include <algorithm>

namespace fairlead::app {

LogLimit::Verdict LogLimit::admit(std::string_view kind, base::Steady now) {
    const std::lock_guard lock(mutex_);
    Budget& budget = budget_of(kind, now);
    const std::chrono::duration<double> since = now - budget.at;
    budget.lines = std::min(kBurst, budget.lines + std::max(0.0, since.count()) * kPerSecond);
    budget.at = std::max(budget.at, now);
    if (budget.lines < 1) return {false, ++budget.left_out};
    budget.lines -= 1;
    return {true, std::exchange(budget.left_out, 0)};
}

LogLimit::Budget& LogLimit::budget_of(std::string_view kind, base::Steady now) {
    const auto found = budgets_.find(kind);
    if (found != budgets_.end()) return found->second;
    const std::string key = budgets_.size() < kMaxKinds ? std::string(kind) : "other messages";
    return budgets_.try_emplace(key, Budget{kBurst, now, 0}).first->second;
}

std::vector<std::pair<std::string, std::uint64_t>> LogLimit::take_left_out() {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<std::string, std::uint64_t>> all;
    for (auto& [kind, budget] : budgets_) {
        if (budget.left_out > 0) all.emplace_back(kind, std::exchange(budget.left_out, 0));
    }
    return all;
}

}  // namespace fairlead::app
