// SPDX-License-Identifier: Apache-2.0
#include "backplane/strangers.h"

#include <string>

namespace fairlead::backplane {

bool Strangers::may_answer(std::string_view routing_id) {
    if (quiet_until_.find(routing_id) != quiet_until_.end() || quiet_until_.size() >= kMost) return false;
    quiet_until_.emplace(routing_id, clock_.now() + kPause);
    return true;
}

void Strangers::ban(std::string_view routing_id, std::chrono::milliseconds time) {
    if (banned_until_.size() >= kMost) return;
    banned_until_.insert_or_assign(std::string(routing_id), clock_.now() + time);
}

bool Strangers::is_banned(std::string_view routing_id) const {
    return !banned_until_.empty() && banned_until_.find(routing_id) != banned_until_.end();
}

void Strangers::tick() {
    auto is_over = [now = clock_.now()](const auto& entry) { return entry.second <= now; };
    std::erase_if(quiet_until_, is_over);
    std::erase_if(banned_until_, is_over);
}

}  // namespace fairlead::backplane
