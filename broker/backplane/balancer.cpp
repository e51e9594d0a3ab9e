// SPDX-License-Identifier: Apache-2.0
#include "backplane/balancer.h"

#include <limits>

namespace fairlead::backplane {
namespace {

double fastest_of(const Route& route) noexcept {
    double fastest = std::numeric_limits<double>::infinity();
    for (const Endpoint* endpoint : route.endpoints) {
        const bool counts = endpoint->latency.known() && endpoint->takes_requests();
        if (counts && endpoint->latency.average() < fastest) fastest = endpoint->latency.average();
    }
    return fastest;
}

/// What it has and the request at hand, in requests of the fastest.
double cost_of(const Endpoint& endpoint, double fastest, base::Steady now) noexcept {
    return (endpoint.instance->outstanding + 1) * endpoint.latency.ratio_to(fastest, now);
}

}  // namespace

bool has_room(const Endpoint& endpoint, base::Steady now) noexcept {
    return endpoint.outstanding < endpoint.window && endpoint.takes_requests() &&
           !endpoint.instance->congested && endpoint.held_until <= now;
}

Endpoint* Balancer::pick(const Route& route, base::Steady now) noexcept {
    const double fastest = fastest_of(route);
    Endpoint* best = nullptr;
    double best_cost = 0;
    for (Endpoint* endpoint : route.endpoints) {
        if (!has_room(*endpoint, now)) continue;
        const double cost = cost_of(*endpoint, fastest, now);
        const bool better =
            best == nullptr || cost < best_cost ||
            (cost == best_cost && endpoint->instance->last_picked < best->instance->last_picked);
        if (!better) continue;
        best = endpoint;
        best_cost = cost;
    }
    if (best != nullptr) best->instance->last_picked = ++picks_;
    return best;
}

}  // namespace fairlead::backplane
