// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/channels.h"
#include "core/clients.h"
#include "core/edges.h"
#include "core/from_edge.h"
#include "core/permissions.h"
#include "core/reached.h"

namespace fairlead::core {

/// Brings publications to the edge threads that have subscribers: to all of them, or, if one has no room, to
/// none.
///
/// Threads: one.
class Publisher {
public:
    Publisher(const Permissions& permissions, Edges& edges, Clients& clients, const Channels& channels)
        : permissions_(permissions), edges_(edges), clients_(clients), channels_(channels) {}

    void publish(Client& client, Publish&& command);
    Reached publish(Publication&& publication);

private:
    Reached post(Publication&& publication);

    const Permissions& permissions_;
    Edges& edges_;
    Clients& clients_;
    const Channels& channels_;
};

}  // namespace fairlead::core
