// SPDX-License-Identifier: Apache-2.0
#include "core/permissions.h"

#include <algorithm>
#include <stdexcept>

#include "wire/channel.h"
#include "wire/topic.h"

namespace fairlead::core {
namespace {

using wire::Code;
using wire::failure;

bool grants(Decider decider, std::string_view user) {
    switch (decider) {
        case Decider::nobody:
            return false;
        case Decider::anyone:
            return true;
        case Decider::user:
            return !user.empty();
    }
    return false;
}

wire::Failure bad_channel() {
    return failure(Code::bad_request, "channel name is not valid");
}
wire::Failure bad_topic() {
    return failure(Code::bad_request, "topic is not valid");
}

}  // namespace

Permissions::Permissions(const Options& options) : namespaces_(options.namespaces) {
    for (const std::string& pattern : options.topics) {
        if (!wire::valid_pattern(pattern))
            throw std::invalid_argument("topic '" + pattern + "' is not valid");
        if (wire::is_reserved(pattern)) throw std::invalid_argument("topic '" + pattern + "' is reserved");
        topics_.insert(pattern, Granted{});
    }
    const std::string& send = options.send_topic;
    if (!send.empty() && (!wire::valid_topic(send) || wire::is_reserved(send))) {
        throw std::invalid_argument("send topic '" + send + "' is not valid or reserved");
    }
}

wire::Failure Permissions::client_subscribes(std::string_view user, std::string_view channel) const {
    return client_at(user, channel, &NamespaceOptions::subscribe);
}

wire::Failure Permissions::client_publishes(std::string_view user, std::string_view channel) const {
    return client_at(user, channel, &NamespaceOptions::publish);
}

wire::Failure Permissions::client_at(std::string_view user, std::string_view channel,
                                     std::vector<Decider> NamespaceOptions::*deciders) const {
    if (!wire::valid_channel(channel)) return bad_channel();
    if (wire::is_user_channel(channel)) return failure(Code::denied);
    const NamespaceOptions* rules = namespaces_.find(channel);
    if (rules == nullptr) return failure(Code::unknown_channel);
    const std::vector<Decider>& list = rules->*deciders;
    const bool granted =
        std::any_of(list.begin(), list.end(), [&](Decider decider) { return grants(decider, user); });
    return granted ? wire::Failure{} : failure(Code::denied);
}

wire::Failure Permissions::client_calls(std::string_view topic) const {
    if (!wire::valid_topic(topic)) return bad_topic();
    // Whether the topic exists is nobody's business who may not call it.
    return topics_.find(topic) != nullptr ? wire::Failure{} : failure(Code::denied);
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
