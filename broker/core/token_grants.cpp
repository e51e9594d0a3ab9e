// SPDX-License-Identifier: Apache-2.0
#include "core/token_grants.h"

namespace fairlead::core {

std::optional<std::chrono::seconds> TokenGrants::set(Subscription subscription, const SubscriptionClaims& token) {
    Grant& grant = grants_[subscription];
    wheel_.cancel(grant.timer);
    if (!grant.info_by_hook) set_info(grant, token.info);
    grant.source = Source::subscription;
    grant.timer = 0;
    grant.token_id = token.token_id;
    grant.key_id = token.key_id;
    if (!token.expires) return std::nullopt;
    const TimeLeft left = time_left(*token.expires, clock_.wall());
    grant.timer = wheel_.add(clock_.now() + left.exact + options_.expiry_grace, subscription);
    return left.ttl;
}

void TokenGrants::set_by_hook(Subscription subscription, std::string info, std::chrono::seconds time) {
    const auto [at, added] = grants_.try_emplace(subscription);
    Grant& grant = at->second;
    if (added) grant.source = Source::hook;
    grant.allowed_by_hook = true;
    if (!info.empty()) {
        set_info(grant, std::move(info));
        grant.info_by_hook = true;
    }
    if (added && time.count() > 0) grant.timer = wheel_.add(clock_.now() + time, subscription);
}

void TokenGrants::set_info(Grant& grant, std::string info) {
    infos_ += static_cast<std::size_t>(!info.empty()) - static_cast<std::size_t>(!grant.info.empty());
    grant.info = std::move(info);
}

void TokenGrants::set_by_connection(Subscription subscription) {
    grants_.try_emplace(subscription);
}

void TokenGrants::set_by_service(Subscription subscription) {
    grants_.try_emplace(subscription).first->second.source = Source::service;
}

void TokenGrants::remove(Subscription subscription) {
    const auto found = grants_.find(subscription);
    if (found == grants_.end()) return;
    wheel_.cancel(found->second.timer);
    if (!found->second.info.empty()) --infos_;
    grants_.erase(found);
}

std::optional<TokenGrants::Source> TokenGrants::find(Subscription subscription) const {
    const auto found = grants_.find(subscription);
    if (found == grants_.end()) return std::nullopt;
    return found->second.source;
}

bool TokenGrants::allowed_by_hook(Subscription subscription) const {
    const auto found = grants_.find(subscription);
    return found != grants_.end() && found->second.allowed_by_hook;
}

std::string_view TokenGrants::info(Subscription subscription) const {
    const auto found = grants_.find(subscription);
    return found == grants_.end() ? std::string_view() : found->second.info;
}

std::vector<TokenGrants::Subscription> TokenGrants::find_all(const Target& target) const {
    const bool by_token = target.kind == Target::Kind::token;
    std::vector<Subscription> all;
    if (!by_token && target.kind != Target::Kind::key) return all;
    for (const auto& [subscription, grant] : grants_) {
        if ((by_token ? grant.token_id : grant.key_id) == target.name) all.push_back(subscription);
    }
    return all;
}

std::vector<Row> TokenGrants::channels_by_connection(Row client) const {
    std::vector<Row> channels;
    for (auto at = grants_.lower_bound({client, 0}); at != grants_.end() && at->first.first == client; ++at) {
        if (at->second.source == Source::connection) channels.push_back(at->first.second);
    }
    return channels;
}

}  // namespace fairlead::core
