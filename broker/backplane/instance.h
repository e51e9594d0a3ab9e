// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backplane/latency.h"
#include "backplane/pending_list.h"
#include "base/clock.h"
#include "core/request.h"

namespace fairlead::backplane {

struct Instance;
struct Route;

/// A topic or pattern that one instance handles.
struct Endpoint {
    Instance* instance = nullptr;
    Route* route = nullptr;  ///< nullptr: the instance handles it no more; what runs is finished
    std::uint32_t window = 0;
    std::uint32_t outstanding = 0;  ///< requests handed over, without an outcome
    std::chrono::milliseconds timeout{0};
    bool idempotent = false;
    base::Steady held_until{};  ///< it said "full": gets nothing before
    Latency latency;
    PendingList queue;       ///< requests with a key that wait for this endpoint
    std::uint32_t keys = 0;  ///< that are bound to it

    std::size_t load() const noexcept { return outstanding + queue.size(); }
    /// Whether requests may be meant for it at all, and whether now or once its window is free.
    inline bool stays() const noexcept;
    inline bool takes_requests() const noexcept;
};

/// Events that an instance wants.
struct Interest {
    std::string pattern;
    std::string group;
};

/// One running process of a service, as long as its link lives. Parts share it; each group of members has one
/// writer.
struct Instance {
    // registry
    core::LinkId link = 0;
    std::string key;  ///< public, whose only it is; empty on a listener without keys
    std::string service;
    std::string version;
    std::string uuid;
    std::uint64_t hash = 0;  ///< of the UUID, for rendezvous hashing
    std::string sdk;
    std::vector<std::unique_ptr<Endpoint>> endpoints;
    std::vector<Interest> interests;
    bool draining = false;  ///< takes no more requests

    // dispatch and balancer
    PendingList calls;              ///< handed over, without an outcome
    std::uint32_t outstanding = 0;  ///< how many those are
    std::uint64_t last_picked = 0;
    base::Steady last_outcome{};  ///< also of a request that nobody waited for
    bool stalled = false;         ///< it lives and makes no progress: gets nothing until it does

    // gateway
    bool congested = false;  ///< its last message did not fit into the socket's queue

    // liveness
    base::Steady heard{};
    base::Steady sent{};
    base::Steady next_heartbeat{};
    std::uint32_t reported_in_flight = 0;
    std::uint32_t reported_queued = 0;
    std::chrono::milliseconds reported_oldest{0};

    // events
    std::size_t event_bytes = 0;  ///< sent since its last sign of life
    std::uint64_t last_event = 0;
    bool events_wait = false;  ///< a queue of one of its groups may not be empty
};

bool Endpoint::stays() const noexcept {
    return route != nullptr && !instance->draining;
}
bool Endpoint::takes_requests() const noexcept {
    return stays() && window > 0 && !instance->stalled;
}

}  // namespace fairlead::backplane
