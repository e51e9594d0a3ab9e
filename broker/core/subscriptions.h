// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/channels.h"
#include "core/clients.h"
#include "core/edges.h"
#include "core/from_edge.h"
#include "core/permissions.h"

namespace fairlead::core {

/// Who is subscribed to what, and what clients may ask about it.
/// Threads: one.
class Subscriptions {
public:
    Subscriptions(const Options& options, const Permissions& permissions, Edges& edges, Clients& clients,
                  Channels& channels)
        : max_(options.max_subscriptions),
          permissions_(permissions),
          edges_(edges),
          clients_(clients),
          channels_(channels) {}

    void subscribe(Client& client, Subscribe&& command);
    /// Never fails: what is not subscribed is unsubscribed already.
    void unsubscribe(Client& client, Unsubscribe&& command);
    void query(const Client& client, Query&& command);

    /// A subscription that the broker makes; it does not count against the client's limit.
    void add(Client& client, std::string_view channel);
    void drop_all(Client& client);

private:
    wire::Failure may_subscribe(const Client& client, std::string_view channel) const;
    bool subscribed(const Client& client, std::string_view channel) const;

    const std::size_t max_;
    const Permissions& permissions_;
    Edges& edges_;
    Clients& clients_;
    Channels& channels_;
};

}  // namespace fairlead::core
