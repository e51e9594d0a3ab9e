// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <fairlead/handler.h>
#include <fairlead/lease.h>

#include "wire/limits.h"
#include "wire/route_by.h"
#include "wire/topic_map.h"

namespace fairlead::detail {

struct Shared;

/// A topic or pattern that this service answers. Does not change once the service is started, but for window
/// and in_flight.
struct EndpointState {
    const std::atomic<bool>& started;  ///< of the service
    Shared& shared;
    std::string topic;
    RequestHandler handler;
    std::chrono::milliseconds timeout{0};  ///< 0 = the broker's default
    bool idempotent = false;
    wire::RouteBy route_by{};
    std::string route_text{};  ///< of route_by, for the greeting
    bool owner = false;        ///< the keys of `route_by` are leased
    bool serial = false;       ///< one request at a time of each key of `serial_by`, or of all
    wire::RouteBy serial_by{};
    std::function<void(const Lease&)> acquired{};
    std::function<void(const Lease&)> lost{};

    std::uint32_t window = wire::kDefaultWindow;  ///< the I/O thread's once the service is started
    std::uint32_t in_flight = 0;                  ///< the I/O thread's
};

using Endpoints = wire::TopicMap<EndpointState*>;

/// A pattern that this service listens to. Does not change once the service is started.
struct ListenerState {
    const std::atomic<bool>& started;
    std::string pattern;
    EventHandler handler;
    std::string group;
    bool serial = false;
};

}  // namespace fairlead::detail
