// SPDX-License-Identifier: Apache-2.0
#include "core/token_grants.h"

namespace fairlead::core {

std::optional<std::chrono::seconds> TokenGrants::set(Subscription subscription, Source source,
                                                     std::optional<base::Wall> expires) {
    Grant& grant = grants_.try_emplace(subscription, Grant{source, 0}).first->second;
    wheel_.cancel(grant.timer);
    grant = {source, 0};
    if (!expires) return std::nullopt;
    const TimeLeft left = time_left(*expires, clock_.wall());
    grant.timer = wheel_.add(clock_.now() + left.exact + options_.expiry_grace, subscription);
    return left.ttl;
}

void TokenGrants::remove(Subscription subscription) {
    const auto found = grants_.find(subscription);
    if (found == grants_.end()) return;
    wheel_.cancel(found->second.timer);
    grants_.erase(found);
}

std::optional<TokenGrants::Source> TokenGrants::find(Subscription subscription) const {
    const auto found = grants_.find(subscription);
    if (found == grants_.end()) return std::nullopt;
    return found->second.source;
}

}  // namespace fairlead::core
