// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <fairlead/export.h>

namespace fairlead {

namespace detail {
struct EndpointState;
struct ListenerState;
}  // namespace detail

/// What Service::on() gives, to say more: `service.on("orders.create",
/// handler).timeout(2s).window(64).idempotent();` Only before Service::start(); later is a std::logic_error.
/// Threads: the one that sets the service up.
class FAIRLEAD_EXPORT Endpoint {
public:
    explicit Endpoint(detail::EndpointState& state) noexcept : state_(&state) {}

    /// Deadline of requests that name none. Default: the broker's, 4 s.
    Endpoint& timeout(std::chrono::milliseconds timeout);

    /// Requests that this process takes at once, running and waiting; the broker holds the others, or gives
    /// them to another instance. Default 64, at least 1.
    Endpoint& window(std::uint32_t requests);

    /// Running a request twice does no harm, so the broker may give it to another instance when this one is
    /// lost.
    Endpoint& idempotent();

private:
    detail::EndpointState* state_;
};

/// What Service::listen() gives, to say more. Only before Service::start(); later is a std::logic_error.
class FAIRLEAD_EXPORT Listener {
public:
    explicit Listener(detail::ListenerState& state) noexcept : state_(&state) {}

    /// One instance of each group gets a copy of an event. Default: ServiceOptions::group.
    Listener& group(std::string name);

private:
    detail::ListenerState* state_;
};

}  // namespace fairlead
