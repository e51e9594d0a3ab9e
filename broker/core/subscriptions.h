// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/channels.h"
#include "core/clients.h"
#include "core/edges.h"
#include "core/fanout.h"
#include "core/from_edge.h"
#include "core/gate.h"
#include "core/occupancy.h"
#include "core/permissions.h"
#include "core/positions.h"
#include "core/presence.h"
#include "core/recovery.h"
#include "core/revocations.h"
#include "core/token_grants.h"

namespace fairlead::core {

/// Who is subscribed to what, and what clients may ask about it.
/// Threads: one.
class Subscriptions {
public:
    Subscriptions(const Options& options, const Ports& ports, const Permissions& permissions,
                  const Revocations& revocations, Edges& edges, Clients& clients, Channels& channels, Gate& gate,
                  Positions& positions, Presence& presence, Occupancy& occupancy, Fanout& fanout)
        : options_(options),
          permissions_(permissions),
          revocations_(revocations),
          edges_(edges),
          clients_(clients),
          channels_(channels),
          gate_(gate),
          positions_(positions),
          presence_(presence),
          occupancy_(occupancy),
          fanout_(fanout),
          translator_(ports.translator),
          recovery_(options, ports.history),
          grants_(options, ports.clock) {}

    void subscribe(Client& client, Subscribe&& command);
    /// Never fails: what is not subscribed is unsubscribed already.
    void unsubscribe(Client& client, Unsubscribe&& command);
    void refresh(Client& client, SubRefresh&& command);
    void query(const Client& client, Query&& command);

    /// A subscription to the user's own channel; it does not count against the client's limit. `missed`: where the client
    /// was in it before. What its connect result says of it.
    Connected::Channel add_own(Client& client, const std::string& channel, const std::optional<Missed>& missed);
    /// A subscription that the connection token grants; it counts, but is not refused for the limit.
    Connected::Channel add_granted(Client& client, const std::string& channel, const std::optional<Missed>& missed);
    /// All channels of a connect result together may recover as much as one: those beyond recover nothing.
    void fit(Connected& connected);
    /// The client has been told of all its channels: others are told of it.
    void announce(Client& client);
    void drop_all(Client& client);

    void count(Counts& counts) const;

    /// A service subscribes the client, or ends any subscription but that to the user's own channel. False: nothing was to
    /// be done.
    bool subscribe_by_service(Client& client, const std::string& channel);
    bool unsubscribe_by_service(Client& client, const std::string& channel, std::uint16_t code, std::string_view reason);
    bool has_room(const Client& client) const noexcept { return client.own_channels < options_.max_subscriptions; }

    /// Brings what the connection token granted to what a new one names; `keep` = ends none.
    void follow(Client& client, const std::vector<std::string>& named, bool keep);

    /// Ends what the rules, or the client's token, do not allow any more.
    void recheck(Client& client);
    /// Ends a subscription whose subscriber has a gap, so that it comes back for what it missed. False: the broker made
    /// the subscription, and clients do not come back to such.
    bool lose(Client& client, std::string_view channel);
    const std::string& name_of(Row channel) const { return channels_.name(channel); }
    /// Those of a channel that may have a gap.
    void lose_all(Row channel, const std::function<void(Client&)>& close);
    /// After the rules have changed: who is there is known where it can be.
    void count_present();

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
    StreamStatePtr stream_of(std::string_view channel, const std::optional<Missed>& missed);
    Row insert(Client& client, std::string_view channel, const StreamStatePtr& stream);
    Connected::Channel placed(const std::string& channel, const std::optional<Missed>& missed, StreamStatePtr&& stream) const;
    void join(Client& client, const std::string& channel, StreamStatePtr&& stream);
    void announce(Client& client, Row channel);
    void query_presence(const Client& client, const Query& command);
    void query_history(const Client& client, const Query& command);
    void remove(Client& client, Row channel);
    void end(Client& client, Row channel, wire::Unsubscribe code, std::string_view reason);
    void end(Client& client, Row channel, std::uint16_t code, std::string_view reason);
    TokenGrants::Subscription grant_key(const Client& client, Row channel) const {
        return {clients_.row_of(client), channel};
    }
    bool subscribed(const Client& client, std::string_view channel) const;
    void count_recovery(bool was_recovering, const StreamStatePtr& stream);

    const Options& options_;
    const Permissions& permissions_;
    const Revocations& revocations_;
    Edges& edges_;
    Clients& clients_;
    Channels& channels_;
    Gate& gate_;
    Positions& positions_;
    Presence& presence_;
    Occupancy& occupancy_;
    Fanout& fanout_;
    Translator& translator_;
    Recovery recovery_;
    TokenGrants grants_;
    std::uint64_t recovered_ = 0;
    std::uint64_t unrecovered_ = 0;
};

}  // namespace fairlead::core
