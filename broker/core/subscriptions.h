// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/channels.h"
#include "core/clients.h"
#include "core/edges.h"
#include "core/from_edge.h"
#include "core/gate.h"
#include "core/permissions.h"
#include "core/recovery.h"
#include "core/revocations.h"
#include "core/token_grants.h"

namespace fairlead::core {

/// Who is subscribed to what, and what clients may ask about it.
/// Threads: one.
class Subscriptions {
public:
    Subscriptions(const Options& options, const Ports& ports, const Permissions& permissions,
                  const Revocations& revocations, Edges& edges, Clients& clients, Channels& channels, Gate& gate)
        : options_(options),
          permissions_(permissions),
          revocations_(revocations),
          edges_(edges),
          clients_(clients),
          channels_(channels),
          gate_(gate),
          translator_(ports.translator),
          recovery_(options, ports.history),
          grants_(options, ports.clock) {}

    void subscribe(Client& client, Subscribe&& command);
    /// Never fails: what is not subscribed is unsubscribed already.
    void unsubscribe(Client& client, Unsubscribe&& command);
    void refresh(Client& client, SubRefresh&& command);
    void query(const Client& client, Query&& command);

    /// What a subscriber of this channel is told about its stream.
    StreamStatePtr stream_of(std::string_view channel, const std::optional<Missed>& missed) const;

    /// A subscription that the broker makes; it does not count against the client's limit.
    void add(Client& client, std::string_view channel);
    /// A subscription that the connection token grants; it counts, but is not refused for the limit.
    void add_granted(Client& client, std::string_view channel);
    void drop_all(Client& client);
    /// Brings what the connection token granted to what a new one names; `keep` = ends none.
    void follow(Client& client, const std::vector<std::string>& named, bool keep);

    /// Ends what the rules, or the client's token, do not allow any more.
    void recheck(Client& client);
    /// Ends a subscription whose subscriber has a gap, so that it comes back for what it missed. False: the broker made
    /// the subscription, and clients do not come back to such.
    bool lose(Client& client, std::string_view channel);
    /// Ends what came by this token, or by one of this key.
    void revoke(const Target& target);
    /// Ends those whose token is over.
    void tick();

    /// Who the client is for other subscribers of the channel.
    std::shared_ptr<const ClientInfo> info_of(Client& client, std::string_view channel);

private:
    void ask_hook(Client& client, Subscribe&& command, bool final);
    /// `answer`: of the hook that was asked; may be null.
    void finish(Client& client, Subscribe&& command, const wire::HookAnswer* answer = nullptr);
    void take(const wire::HookAnswer& answer, TokenGrants::Subscription subscription);
    wire::Failure has_place(const Client& client, std::string_view channel) const;
    bool still_allowed(const Client& client, Row channel) const;
    wire::Failure refused(const Client& client, std::string_view channel, const SubscriptionClaims& token) const;
    Row insert(Client& client, std::string_view channel);
    void remove(Client& client, Row channel);
    void end(Client& client, Row channel, wire::Unsubscribe code, std::string_view reason);
    TokenGrants::Subscription grant_key(const Client& client, Row channel) const {
        return {clients_.row_of(client), channel};
    }
    bool subscribed(const Client& client, std::string_view channel) const;

    const Options& options_;
    const Permissions& permissions_;
    const Revocations& revocations_;
    Edges& edges_;
    Clients& clients_;
    Channels& channels_;
    Gate& gate_;
    Translator& translator_;
    Recovery recovery_;
    TokenGrants grants_;
};

}  // namespace fairlead::core
