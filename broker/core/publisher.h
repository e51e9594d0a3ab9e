// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/channels.h"
#include "core/clients.h"
#include "core/counts.h"
#include "core/edges.h"
#include "core/fanout.h"
#include "core/from_edge.h"
#include "core/gate.h"
#include "core/permissions.h"
#include "core/reached.h"
#include "core/subscriptions.h"

namespace fairlead::core {

/// Brings publications to the edge threads that have subscribers: to all of them, or, if one has no room, to
/// none.
///
/// Threads: one.
class Publisher {
public:
    Publisher(const Ports& ports, const Permissions& permissions, Edges& edges, Clients& clients,
              const Channels& channels, Subscriptions& subscriptions, Gate& gate, Positions& positions,
              Fanout& fanout)
        : clock_(ports.clock),
          translator_(ports.translator),
          history_(ports.history),
          tap_(ports.tap),
          permissions_(permissions),
          edges_(edges),
          clients_(clients),
          channels_(channels),
          subscriptions_(subscriptions),
          gate_(gate),
          positions_(positions),
          fanout_(fanout) {}

    /// The client's user, or its address, pays for what its publications cost: bytes times subscribers.
    void publish(Client& client, Publish&& command);
    Reached publish(Publication&& publication, const Once& once = {});

    void count(Counts& counts) const;

private:
    void ask_hook(Client& client, Publish&& command, bool final);
    void finish(Client& client, Publish&& command);
    Reached post(Publication&& publication, const Once& once);
    void refuse(const ClientKey& client, std::uint32_t id, wire::Failure&& why);
    Reached refuse(wire::Failure&& why);
    bool has_room(Row channel) const;
    PublicationPtr kept(Publication&& publication, const NamespaceOptions* rules, const Once& once,
                        Reached& reached);

    base::Clock& clock_;
    Translator& translator_;
    History& history_;
    Tap* const tap_;
    const Permissions& permissions_;
    Edges& edges_;
    Clients& clients_;
    const Channels& channels_;
    Subscriptions& subscriptions_;
    Gate& gate_;
    Positions& positions_;
    Fanout& fanout_;
    std::uint64_t accepted_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t copies_ = 0;
};

}  // namespace fairlead::core
