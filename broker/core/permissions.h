// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/badge.h"
#include "core/claims.h"
#include "core/namespaces.h"
#include "core/options.h"
#include "wire/channel.h"
#include "wire/error.h"
#include "wire/topic_map.h"

namespace fairlead::core {

/// A client, as rules look at it.
struct Subject {
    std::string_view user;         ///< empty = anonymous
    const Badge* badge = nullptr;  ///< may be null
};

/// A failure, whose code is 0 when it is allowed. With `ask` a hook is to decide; when it refuses, that is final if the
/// code here is not 0.
struct Verdict : wire::Failure {
    Verdict() = default;
    Verdict(wire::Failure&& failure) : wire::Failure(std::move(failure)) {}
    bool ask = false;
};

/// Who may do what: the one place that is asked, whatever door the question came through. Nothing is allowed
/// unless a rule grants it. Every answer is a failure, whose code is 0 when it is allowed.
///
/// Threads: one.
class Permissions {
public:
    /// Throws std::invalid_argument for namespaces (see there), a pattern or a send topic that is not valid
    /// or reserved, a permission that fits nobody, and a decider that cannot decide.
    explicit Permissions(const Options& options);

    /// What is kept of a client's claims, with the permissions that fit it now; null when there is nothing to keep.
    BadgePtr badge_of(const Claims& claims) const;
    /// The same for a client that is in already, after the rules or its badge (may be null) have changed.
    BadgePtr renewed(std::string_view user, const BadgePtr& badge) const;

    /// `by_token`: the client has a subscription token for this channel.
    Verdict client_subscribes(const Subject& client, std::string_view channel, bool by_token = false) const;
    Verdict client_publishes(const Subject& client, std::string_view channel) const;
    wire::Failure client_sees_presence(const Subject& client, std::string_view channel) const;
    wire::Failure client_sees_history(const Subject& client, std::string_view channel) const;
    wire::Failure client_calls(const Subject& client, std::string_view topic) const;
    wire::Failure client_sends() const;
    /// A channel that a connection token subscribes its client to.
    wire::Failure token_subscribes(std::string_view channel) const;

    wire::Failure service_publishes(std::string_view channel) const;

    /// The rules of the channel's namespace; null: there are none, as for the channels of users.
    const NamespaceOptions* rules_of(std::string_view channel) const {
        return wire::is_user_channel(channel) ? nullptr : namespaces_.find(channel);
    }
    /// Whether any namespace keeps history.
    bool any_history() const noexcept { return namespaces_.any_history(); }
    bool any_rules() const noexcept { return namespaces_.any_rules(); }
    wire::Failure service_calls(std::string_view topic) const;

private:
    struct Granted {};
    using Topics = wire::TopicMap<Granted>;
    struct Permission {
        PermissionOptions options;
        Topics topics;
    };
    using Channels = std::vector<std::string> PermissionOptions::*;

    void add_topics(Topics& into, const std::vector<std::string>& patterns) const;
    BadgePtr fitted(std::string_view user, Badge&& badge) const;
    BadgePtr shared(Badge&& badge) const;
    bool permitted(const Subject& client, std::string_view channel, Channels channels) const;
    Verdict client_at(const Subject& client, std::string_view channel,
                      std::vector<Decider> NamespaceOptions::*deciders, Channels channels, bool by_token) const;

    bool takes_sends_;
    Namespaces namespaces_;
    Topics topics_;
    std::vector<Permission> permissions_;
    mutable std::deque<BadgePtr> recent_;  // that others may share, the newest first
};

}  // namespace fairlead::core
