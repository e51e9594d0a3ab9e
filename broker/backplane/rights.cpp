// SPDX-License-Identifier: Apache-2.0
#include "backplane/rights.h"

#include <algorithm>
#include <vector>

#include "backplane/route.h"
#include "wire/topic.h"

namespace fairlead::backplane {
namespace {

using Patterns = std::vector<std::string>;

bool any_covers(const Patterns& allowed, std::string_view wanted) {
    return std::any_of(allowed.begin(), allowed.end(),
                       [&](const std::string& pattern) { return covers(pattern, wanted); });
}

bool any_matches(const Patterns& allowed, std::string_view topic) {
    return std::any_of(allowed.begin(), allowed.end(),
                       [&](const std::string& pattern) { return wire::matches(pattern, topic); });
}

bool is_channel_covered(std::string_view pattern, std::string_view channel) {
    if (!pattern.ends_with('*')) return pattern == channel;
    return channel.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::string quoted(std::string_view text) {
    return "`" + std::string(text.substr(0, wire::kMaxTopicBytes)) + "`";
}

std::string refuse_name(std::string_view name, const ServiceRights& rights) {
    if (name == rights.name) return {};
    return "this key belongs to service " + quoted(rights.name) + ", not to " + quoted(name);
}

std::string refuse_topic(std::string_view topic, const ServiceRights& rights) {
    if (any_covers(rights.topics, topic)) return {};
    return "service " + quoted(rights.name) + " may not handle " + quoted(topic);
}

std::string refuse_interest(std::string_view pattern, std::string_view group, const ServiceRights& rights) {
    if (!any_covers(rights.listens, pattern)) {
        return "service " + quoted(rights.name) + " may not listen to " + quoted(pattern);
    }
    const bool own = group.empty() || group == rights.name;
    if (own || std::find(rights.groups.begin(), rights.groups.end(), group) != rights.groups.end()) return {};
    return "service " + quoted(rights.name) + " may not listen in group " + quoted(group);
}

}  // namespace

bool covers(std::string_view allowed, std::string_view wanted) {
    const auto pattern = wire::split_pattern(allowed);
    const auto name = wire::split_pattern(wanted);
    if (!pattern || !name) return false;
    if (wire::is_reserved(wanted) && !wire::is_reserved(allowed)) return false;
    for (std::size_t i = 0; i < pattern->count; ++i) {
        if (i >= name->count) return false;
        if (pattern->items[i] == ">") return true;
        if (name->items[i] == ">") return false;
        if (pattern->items[i] != "*" && pattern->items[i] != name->items[i]) return false;
    }
    return pattern->count == name->count;
}

bool may_call(const ServiceRights& rights, std::string_view topic) {
    return any_matches(rights.calls, topic);
}

bool may_emit(const ServiceRights& rights, std::string_view topic) {
    return any_matches(rights.emits, topic);
}

bool may_publish(const ServiceRights& rights, std::string_view channel) {
    return std::any_of(rights.channels.begin(), rights.channels.end(),
                       [&](const std::string& pattern) { return is_channel_covered(pattern, channel); });
}

std::string refuse_greeting(const wire::Greeting& greeting, const ServiceRights& rights) {
    if (std::string why = refuse_name(greeting.service, rights); !why.empty()) return why;
    for (const wire::Endpoint& endpoint : greeting.endpoints) {
        if (std::string why = refuse_topic(endpoint.topic, rights); !why.empty()) return why;
    }
    for (const wire::Interest& interest : greeting.interests) {
        if (std::string why = refuse_interest(interest.pattern, interest.group, rights); !why.empty())
            return why;
    }
    return {};
}

std::string refuse_registration(const Instance& instance, const ServiceRights& rights) {
    if (std::string why = refuse_name(instance.service, rights); !why.empty()) return why;
    for (const auto& endpoint : instance.endpoints) {
        if (endpoint->route == nullptr) continue;
        if (std::string why = refuse_topic(endpoint->route->pattern, rights); !why.empty()) return why;
    }
    for (const Interest& interest : instance.interests) {
        if (std::string why = refuse_interest(interest.pattern, interest.group, rights); !why.empty())
            return why;
    }
    return {};
}

}  // namespace fairlead::backplane
