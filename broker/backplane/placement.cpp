// SPDX-License-Identifier: Apache-2.0
#include "backplane/placement.h"

#include <string_view>
#include <utility>

#include "backplane/rendezvous.h"
#include "wire/route_by.h"

namespace fairlead::backplane {
namespace {

std::string_view name_of(const Route& route, const core::Request& request) {
    static const core::Caller kNobody;
    const core::Caller& caller = request.caller ? *request.caller : kNobody;
    return wire::route_key(route.route_by, request.topic, caller, request.headers);
}

}  // namespace

void Placement::take_key(Route& route, Pending& pending) {
    if (pending.key != nullptr && pending.key->route == &route) return;
    drop_key(pending);
    if (!route.keyed()) return;
    const std::string_view name = name_of(route, pending.request);
    if (name.empty()) return;
    pending.key = &route.keys.get(route, name);
    ++pending.key->requests;
}

void Placement::drop_key(Pending& pending) {
    Key* key = std::exchange(pending.key, nullptr);
    if (key == nullptr) return;
    --key->requests;
    erase_if_idle(*key);
}

bool Placement::may_own(const Route& route, const Pending& pending) const noexcept {
    return !route.owner || pending.key->leased() || !leases_.full(route);
}

Placement::Place Placement::find(Route& route, const Pending& pending, base::Steady now) {
    if (pending.key == nullptr) {
        Endpoint* endpoint = route.queue.all_after(pending) ? balancer_.pick(route, now) : nullptr;
        return {endpoint, endpoint != nullptr, &route.queue};
    }
    Key& key = *pending.key;
    if (key.ending) return {nullptr, false, &key.waiting};
    Endpoint& endpoint = *endpoint_of(key, now);
    const bool free = has_room(endpoint, now) && endpoint.queue.all_after(pending);
    return {&endpoint, free, &endpoint.queue};
}

Endpoint* Placement::endpoint_of(const Key& key, base::Steady now) const noexcept {
    if (key.leased()) return key.endpoint;
    const bool busy = key.endpoint != nullptr && key.requests > 1;
    if (busy && key.endpoint->takes_requests()) return key.endpoint;
    Endpoint* next = rendezvous(*key.route, key.name, now);
    // Where all stand still, what waits stays together.
    return busy && key.endpoint->stays() && !next->takes_requests() ? key.endpoint : next;
}

void Placement::go(Pending& pending, Endpoint& endpoint) {
    Key* key = pending.key;
    if (key == nullptr) return;
    bind(*key, &endpoint);
    if (key->route->owner && !key->leased()) leases_.grant(*key);
}

void Placement::bind(Key& key, Endpoint* endpoint) noexcept {
    if (key.endpoint != nullptr) --key.endpoint->keys;
    key.endpoint = endpoint;
    if (key.endpoint != nullptr) ++key.endpoint->keys;
}

void Placement::erase_if_idle(Key& key) {
    if (key.requests > 0 || key.leased()) return;
    bind(key, nullptr);
    key.route->keys.erase(key);
}

std::vector<Key*> Placement::keys_of(const Endpoint& endpoint) {
    std::vector<Key*> keys;
    if (endpoint.keys == 0) return keys;
    const auto look = [&](Route& route) {
        route.keys.for_each([&](Key& key) {
            if (key.endpoint == &endpoint) keys.push_back(&key);
        });
    };
    // One that is closed does not know any more which route it was of.
    if (endpoint.route != nullptr) {
        look(*endpoint.route);
    } else {
        registry_.for_each_route(look);
    }
    return keys;
}

}  // namespace fairlead::backplane
