// SPDX-License-Identifier: Apache-2.0
#include "core/permissions.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "wire/channel.h"
#include "wire/text_pattern.h"
#include "wire/topic.h"

namespace fairlead::core {
namespace {

using wire::Code;
using wire::failure;

using Texts = std::vector<std::string>;

bool any_fits(const Texts& patterns, std::string_view text) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return wire::matches_text(pattern, text); });
}

bool any_label_fits(const Texts& patterns, const Badge& badge) {
    return std::any_of(badge.labels.begin(), badge.labels.end(),
                       [&](const std::string& label) { return any_fits(patterns, label); });
}

bool has_claim(const Badge& badge, const std::pair<std::string, std::string>& wanted) {
    return std::any_of(badge.claims.begin(), badge.claims.end(), [&](const auto& claim) {
        return claim.first == wanted.first && wire::matches_text(wanted.second, claim.second);
    });
}

bool fits(const PermissionOptions& options, std::string_view user, const Badge& badge) {
    if (!options.users.empty() && (user.empty() || !any_fits(options.users, user))) return false;
    if (!options.labels.empty() && !any_label_fits(options.labels, badge)) return false;
    return std::all_of(options.claims.begin(), options.claims.end(),
                       [&](const auto& wanted) { return has_claim(badge, wanted); });
}

void check_texts(const Texts& patterns) {
    for (const std::string& pattern : patterns) {
        if (!wire::valid_text_pattern(pattern)) throw std::invalid_argument("'" + pattern + "' is not valid: * is for the end");
    }
}

void check(const PermissionOptions& options) {
    if (options.users.empty() && options.labels.empty() && options.claims.empty())
        throw std::invalid_argument("a permission names no users, labels or claims");
    check_texts(options.users);
    check_texts(options.labels);
    check_texts(options.subscribe);
    check_texts(options.publish);
    check_texts(options.presence);
    check_texts(options.history);
    for (const auto& claim : options.claims)
        check_texts({claim.second});
}

/// Few tokens differ in what rules ask for; looking through these costs little beside checking a token.
constexpr std::size_t kRecentBadges = 64;

using Deciders = std::vector<Decider>;

bool contains(const Deciders& list, Decider decider) {
    return std::find(list.begin(), list.end(), decider) != list.end();
}

void check_deciders(const NamespaceOptions& rules) {
    for (const Deciders* list : {&rules.publish, &rules.presence, &rules.history}) {
        if (contains(*list, Decider::token)) throw std::invalid_argument("tokens decide subscribing only");
    }
    for (const Deciders* list : {&rules.presence, &rules.history}) {
        if (contains(*list, Decider::hook)) throw std::invalid_argument("no hook decides presence or history");
    }
}

// What stands before the hook goes before it, unless the hook is the last one and thus a filter; what stands behind it
// may still grant what it refuses.
template <typename Grants>
Verdict decide(const Deciders& list, const Grants& grants) {
    const auto hook = std::find(list.begin(), list.end(), Decider::hook);
    const bool filter = hook != list.end() && hook + 1 == list.end();
    if (!filter && std::any_of(list.begin(), hook, grants)) return {};
    Verdict verdict = std::any_of(hook, list.end(), grants) ? Verdict() : Verdict(failure(Code::denied));
    verdict.ask = hook != list.end();
    return verdict;
}

wire::Failure bad_channel() {
    return failure(Code::bad_request, "channel name is not valid");
}
wire::Failure bad_topic() {
    return failure(Code::bad_request, "topic is not valid");
}

}  // namespace

Permissions::Permissions(const Options& options)
    : takes_sends_(!options.send_topic.empty()), namespaces_(options.namespaces) {
    user_rules_.history_size = options.user_history_size;
    user_rules_.history_age = options.user_history_age;
    std::for_each(options.namespaces.begin(), options.namespaces.end(), check_deciders);
    add_topics(topics_, options.topics);
    for (const PermissionOptions& permission : options.permissions) {
        check(permission);
        add_topics(permissions_.emplace_back(Permission{permission, {}}).topics, permission.topics);
    }
    const std::string& send = options.send_topic;
    if (!send.empty() && (!wire::valid_topic(send) || wire::is_reserved(send))) {
        throw std::invalid_argument("send topic '" + send + "' is not valid or reserved");
    }
}

void Permissions::add_topics(Topics& into, const std::vector<std::string>& patterns) const {
    for (const std::string& pattern : patterns) {
        if (!wire::valid_pattern(pattern))
            throw std::invalid_argument("topic '" + pattern + "' is not valid");
        if (wire::is_reserved(pattern)) throw std::invalid_argument("topic '" + pattern + "' is reserved");
        into.insert(pattern, Granted{});
    }
}

BadgePtr Permissions::badge_of(const Claims& claims) const {
    return fitted(claims.user, Badge{claims.labels, claims.texts, claims.token_id, claims.key_id, {}});
}

BadgePtr Permissions::renewed(std::string_view user, const BadgePtr& badge) const {
    return fitted(user, badge ? Badge(*badge) : Badge());
}

BadgePtr Permissions::fitted(std::string_view user, Badge&& badge) const {
    badge.permissions.clear();
    for (std::size_t i = 0; i < permissions_.size(); ++i) {
        if (fits(permissions_[i].options, user, badge)) badge.permissions.push_back(static_cast<std::uint32_t>(i));
    }
    return badge == Badge() ? nullptr : shared(std::move(badge));
}

BadgePtr Permissions::shared(Badge&& badge) const {
    // The id of a token is nobody else's.
    if (!badge.token_id.empty()) return std::make_shared<const Badge>(std::move(badge));
    const auto same = std::find_if(recent_.begin(), recent_.end(), [&](const BadgePtr& one) { return *one == badge; });
    if (same != recent_.end()) return *same;
    if (recent_.size() == kRecentBadges) recent_.pop_back();
    return recent_.emplace_front(std::make_shared<const Badge>(std::move(badge)));
}

bool Permissions::permitted(const Subject& client, std::string_view channel, Channels channels) const {
    if (client.badge == nullptr) return false;
    const auto& fitting = client.badge->permissions;
    return std::any_of(fitting.begin(), fitting.end(), [&](std::uint32_t index) {
        return any_fits(permissions_[index].options.*channels, channel);
    });
}

Verdict Permissions::client_subscribes(const Subject& client, std::string_view channel, bool by_token) const {
    return client_at(client, channel, &NamespaceOptions::subscribe, &PermissionOptions::subscribe, by_token);
}

Verdict Permissions::client_publishes(const Subject& client, std::string_view channel) const {
    return client_at(client, channel, &NamespaceOptions::publish, &PermissionOptions::publish, false);
}

wire::Failure Permissions::client_sees_presence(const Subject& client, std::string_view channel) const {
    return client_at(client, channel, &NamespaceOptions::presence, &PermissionOptions::presence, false);
}

wire::Failure Permissions::client_sees_history(const Subject& client, std::string_view channel) const {
    return client_at(client, channel, &NamespaceOptions::history, &PermissionOptions::history, false);
}

Verdict Permissions::client_at(const Subject& client, std::string_view channel,
                               std::vector<Decider> NamespaceOptions::*deciders, Channels channels,
                               bool by_token) const {
    if (!wire::valid_channel(channel)) return bad_channel();
    if (wire::is_user_channel(channel)) return failure(Code::denied);
    const NamespaceOptions* rules = namespaces_.find(channel);
    if (rules == nullptr) return failure(Code::unknown_channel);
    const auto grants = [&](Decider decider) {
        switch (decider) {
            case Decider::nobody: return false;
            case Decider::anyone: return true;
            case Decider::user: return !client.user.empty();
            case Decider::token: return by_token;
            case Decider::permission: return permitted(client, channel, channels);
            case Decider::hook: return false;  // not here and now
        }
        return false;
    };
    return decide(rules->*deciders, grants);
}

wire::Failure Permissions::client_calls(const Subject& client, std::string_view topic) const {
    if (!wire::valid_topic(topic)) return bad_topic();
    if (topics_.find(topic) != nullptr) return {};
    if (client.badge != nullptr) {
        for (const std::uint32_t index : client.badge->permissions) {
            if (permissions_[index].topics.find(topic) != nullptr) return {};
        }
    }
    // Whether the topic exists is nobody's business who may not call it.
    return failure(Code::denied);
}

wire::Failure Permissions::client_sends() const {
    return takes_sends_ ? wire::Failure{} : failure(Code::not_available);
}

wire::Failure Permissions::token_subscribes(std::string_view channel) const {
    if (!wire::valid_channel(channel)) return bad_channel();
    if (wire::is_user_channel(channel)) return failure(Code::denied);
    return namespaces_.find(channel) != nullptr ? wire::Failure{} : failure(Code::unknown_channel);
}

wire::Failure Permissions::service_publishes(std::string_view channel) const {
    if (!wire::valid_channel(channel)) return bad_channel();
    if (wire::is_user_channel(channel)) {
        const bool named = !wire::user_of(channel).empty();
        return named ? wire::Failure{} : failure(Code::bad_request, "the empty user has no channel");
    }
    return namespaces_.find(channel) != nullptr ? wire::Failure{} : failure(Code::unknown_channel);
}

wire::Failure Permissions::service_calls(std::string_view topic) const {
    if (!wire::valid_topic(topic)) return bad_topic();
    // Hooks are asked by the broker alone: an answer may hold what is no service's business.
    return wire::is_reserved(topic) ? failure(Code::denied, "this topic is the broker's") : wire::Failure{};
}

}  // namespace fairlead::core
