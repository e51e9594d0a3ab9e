// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <fairlead/handler.h>

#include "wire/limits.h"
#include "wire/topic_map.h"

namespace fairlead::detail {

/// A topic or pattern that this service answers. Does not change once the service is started, but for
/// in_flight.
struct EndpointState {
    const bool& started;  ///< of the service
    std::string topic;
    RequestHandler handler;
    std::chrono::milliseconds timeout{0};  ///< 0 = the broker's default
    std::uint32_t window = wire::kDefaultWindow;
    bool idempotent = false;
    std::uint32_t in_flight = 0;  ///< the I/O thread's
};

using Endpoints = wire::TopicMap<EndpointState*>;

/// A pattern that this service listens to. Does not change once the service is started.
struct ListenerState {
    const bool& started;
    std::string pattern;
    EventHandler handler;
    std::string group;
};

}  // namespace fairlead::detail
