// SPDX-License-Identifier: Apache-2.0
#include "backplane/balancer.h"

namespace fairlead::backplane {
namespace {

bool has_room(const Endpoint& endpoint, base::Steady now) noexcept {
    const Instance& instance = *endpoint.instance;
    return endpoint.outstanding < endpoint.window && !instance.draining && !instance.congested &&
           endpoint.held_until <= now;
}

bool is_better(const Endpoint& endpoint, const Endpoint& than) noexcept {
    const Instance& a = *endpoint.instance;
    const Instance& b = *than.instance;
    return a.outstanding != b.outstanding ? a.outstanding < b.outstanding : a.last_picked < b.last_picked;
}

}  // namespace

Endpoint* Balancer::pick(const Route& route, base::Steady now) noexcept {
    Endpoint* best = nullptr;
    for (Endpoint* endpoint : route.endpoints) {
        if (has_room(*endpoint, now) && (best == nullptr || is_better(*endpoint, *best))) best = endpoint;
    }
    if (best != nullptr) best->instance->last_picked = ++picks_;
    return best;
}

}  // namespace fairlead::backplane
