// SPDX-License-Identifier: Apache-2.0
#include "backplane/rendezvous.h"

#include <utility>

namespace fairlead::backplane {
namespace {

/// Each bit of the result depends on each bit of `x` (the finaliser of splitmix64).
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/// The most that an endpoint may have to be chosen: 1.25 times the average, rounded up.
template <typename Takes>
std::size_t bound_of(const Route& route, const Takes& takes) noexcept {
    std::size_t count = 0;
    std::size_t load = 0;
    for (const Endpoint* endpoint : route.endpoints) {
        if (!takes(*endpoint)) continue;
        ++count;
        load += endpoint->load();
    }
    return count == 0 ? 0 : (5 * load + 4 * count - 1) / (4 * count);
}

template <typename Takes>
Endpoint* choose(const Route& route, std::string_view key, base::Steady now, const Takes& takes) noexcept {
    const std::uint64_t hash = hash_of(key);
    const std::size_t bound = bound_of(route, takes);
    Endpoint* best = nullptr;
    std::pair<bool, std::uint64_t> best_rank;
    for (Endpoint* endpoint : route.endpoints) {
        if (!takes(*endpoint) || endpoint->load() > bound) continue;
        const bool open = !endpoint->instance->congested && endpoint->held_until <= now;
        const std::pair rank(open, mix(hash ^ endpoint->instance->hash));
        if (best != nullptr && rank <= best_rank) continue;
        best = endpoint;
        best_rank = rank;
    }
    return best;
}

}  // namespace

std::uint64_t hash_of(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return mix(hash);
}

Endpoint* rendezvous(const Route& route, std::string_view key, base::Steady now) noexcept {
    const auto takes = [](const Endpoint& endpoint) { return endpoint.takes_requests(); };
    if (Endpoint* endpoint = choose(route, key, now, takes)) return endpoint;
    // Better to wait for one that stands still than for nobody.
    const auto stays = [](const Endpoint& endpoint) { return endpoint.stays(); };
    return choose(route, key, now, stays);
}

}  // namespace fairlead::backplane
