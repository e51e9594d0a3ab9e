// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "backplane/balancer.h"
#include "backplane/key.h"
#include "backplane/leases.h"
#include "backplane/registry.h"
#include "backplane/route.h"
#include "base/clock.h"

namespace fairlead::backplane {

/// Where requests go: one with a key to the endpoint of its key, any other to the one that has least to do. A
/// key stays at its endpoint while it has other requests there, so that their order is kept, or a lease; else
/// it goes where rendezvous hashing says. Threads: one, core's.
class Placement {
public:
    struct Place {
        Endpoint* endpoint = nullptr;  ///< nullptr: that shows later
        bool free = false;             ///< the endpoint can have it now; else it waits in
        PendingList* queue = nullptr;
    };

    Placement(Registry& registry, Leases& leases) : registry_(registry), leases_(leases) {}

    /// The endpoint that can have a request without a key now.
    Endpoint* pick(const Route& route, base::Steady now) noexcept { return balancer_.pick(route, now); }

    /// Gives the request its key of `route`, if it has one there.
    void take_key(Route& route, Pending& pending);
    /// The request needs its key no more.
    void drop_key(Pending& pending);

    /// Whether the request's key has an owner or may get one.
    bool may_own(const Route& route, const Pending& pending) const noexcept;

    /// The route must be served.
    Place find(Route& route, const Pending& pending, base::Steady now);
    /// The request goes to `endpoint`, and so does its key: the endpoint becomes its owner if the route has
    /// those.
    void go(Pending& pending, Endpoint& endpoint);

    /// The key may have other requests than the one that counts here; nullptr: it belongs nowhere.
    void bind(Key& key, Endpoint* endpoint) noexcept;
    void erase_if_idle(Key& key);

    /// That are bound to an endpoint.
    std::vector<Key*> keys_of(const Endpoint& endpoint);

private:
    Endpoint* endpoint_of(const Key& key, base::Steady now) const noexcept;

    Registry& registry_;
    Leases& leases_;
    Balancer balancer_;
};

}  // namespace fairlead::backplane
