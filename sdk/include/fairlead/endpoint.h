// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <fairlead/export.h>
#include <fairlead/lease.h>

namespace fairlead {

namespace detail {
struct EndpointState;
struct ListenerState;
}  // namespace detail

/// By what requests belong together: made by by_user() and its siblings. Threads: one at a time, as any
/// value.
class FAIRLEAD_EXPORT RouteKey {
public:
    /// "user", "client", "segment:<n>" or "header:<name>".
    const std::string& text() const noexcept { return text_; }

private:
    friend FAIRLEAD_EXPORT RouteKey by_user();
    friend FAIRLEAD_EXPORT RouteKey by_client();
    friend FAIRLEAD_EXPORT RouteKey by_segment(unsigned n);
    friend FAIRLEAD_EXPORT RouteKey by_header(std::string_view name);
    explicit RouteKey(std::string text) noexcept : text_(std::move(text)) {}

    std::string text_;
};

/// The user who asks; of an anonymous client its client id, of a service its name.
FAIRLEAD_EXPORT RouteKey by_user();
/// The client that asks; of a service its name.
FAIRLEAD_EXPORT RouteKey by_client();
/// The topic's segment `n`, counted from 0: in `rooms.7.say` the segment 1 is `7`. At most 15, else
/// std::invalid_argument.
FAIRLEAD_EXPORT RouteKey by_segment(unsigned n);
/// The header of that name, which only services can set. Throws std::invalid_argument for a name that none
/// can have.
FAIRLEAD_EXPORT RouteKey by_header(std::string_view name);

/// What Service::on() gives, to say more: `service.on("orders.create",
/// handler).timeout(2s).window(64).idempotent();` Only before Service::start(), but for window(); later is a
/// std::logic_error. Threads: the one that sets the service up; window() any.
class FAIRLEAD_EXPORT Endpoint {
public:
    explicit Endpoint(detail::EndpointState& state) noexcept : state_(&state) {}

    /// Deadline of requests that name none. Default: the broker's, 4 s.
    Endpoint& timeout(std::chrono::milliseconds timeout);

    /// Requests that this process takes at once, running and waiting; the broker holds the others, or gives
    /// them to another instance. Default 64, at least 1, at most 1,000,000. It may be changed while the
    /// service runs; a smaller one ends nothing that was taken before.
    Endpoint& window(std::uint32_t requests);

    /// Running a request twice does no harm, so the broker may give it to another instance when this one is
    /// lost.
    Endpoint& idempotent();

    /// Requests of one key go to one instance, in their order, as long as that one is there and not
    /// overloaded. A request that has no such key goes anywhere.
    Endpoint& route_by(RouteKey key);

    /// One request at a time in this process, in the order of their arrival; the others wait without a
    /// thread. One that is deferred has its turn until it is answered. A handler that calls its own topic and
    /// waits, waits for itself, until the deadline. Replaces serial_by().
    Endpoint& serial();

    /// The same for each key: one request of a key at a time, different keys at once. A request that has no
    /// such key waits for nobody. `route_by(k)` besides makes it one at a time among all instances, nearly:
    /// owner() is what holds when instances come and go. Replaces serial().
    Endpoint& serial_by(RouteKey key);

    /// route_by(), and each key has one owner: the instance to which its first request goes keeps the key
    /// until it gives it up, drains or is gone, whatever the load. For what lives in memory: rooms, games,
    /// documents. Requests know their lease (Request::lease()); one that has no key is answered with error
    /// 107. Requests of a key run at once unless serial() or serial_by() says otherwise.
    Endpoint& owner(RouteKey key);

    /// Called when this instance has become the owner of a key, before its first request: load what is kept
    /// of it. Requests of the key wait for it, others do not. What it throws is logged, and the requests go
    /// on. Needs owner(), else start() is a std::logic_error.
    Endpoint& on_acquired(std::function<void(const Lease&)> handler);

    /// Called when a key is no longer this instance's, after its requests have ended: store what is to be
    /// kept. The next owner waits for it, at most 5 s. Also called for all keys when the service stops,
    /// unless requests of the key outlast the time for that. What it throws is logged. Needs owner() as
    /// above.
    ///
    /// A key whose lease came back with a larger fence, as after a restart of the broker, may have had
    /// another owner meanwhile: it is lost and acquired anew.
    Endpoint& on_lost(std::function<void(const Lease&)> handler);

private:
    detail::EndpointState* state_;
};

/// What Service::listen() gives, to say more. Only before Service::start(); later is a std::logic_error.
class FAIRLEAD_EXPORT Listener {
public:
    explicit Listener(detail::ListenerState& state) noexcept : state_(&state) {}

    /// One instance of each group gets a copy of an event. Default: ServiceOptions::group.
    Listener& group(std::string name);

    /// One event at a time for this listener in this process, in the order of their arrival.
    Listener& serial();

private:
    detail::ListenerState* state_;
};

}  // namespace fairlead
