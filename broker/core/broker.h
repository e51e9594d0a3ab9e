// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/counts.h"
#include "core/from_edge.h"
#include "core/options.h"
#include "core/ports.h"
#include "core/reached.h"
#include "core/request.h"
#include "core/revocation.h"
#include "core/session_event.h"

namespace fairlead::core {

/// The rules: who may do what, where it goes, and that each request has one outcome. Pure: no socket, no
/// thread, no clock of its own. It dispatches; each family of commands has a file of its own (clients,
/// channels, calls, ...).
///
/// Threads: one, core's.
class Broker {
public:
    Broker(Options options, Ports ports);
    ~Broker();

    /// This broker's boot id (new at each start) and the tag that its client ids begin with.
    const std::string& boot() const noexcept;
    const std::string& tag() const noexcept;

    /// Something an edge thread asks.
    void handle(FromEdge&& message);

    /// The outcome of a request that Services took. A call that has its outcome already is counted and
    /// ignored.
    void settle(CallId call, Outcome&& outcome);

    /// A request of a service; its outcome goes to Services::answer(link, call, ...). `request.call` is the
    /// service's number. When `request.caller` names a client the service asks on its behalf; the gateway has
    /// filled in `service`.
    void call(LinkId link, Request&& request);

    /// The service gave up one of its requests, or its link is gone.
    void abandon(LinkId link, CallId call);
    void abandon_all(LinkId link);

    /// A publication of a service.
    Reached publish(Publication&& publication, const Once& once = {});

    /// A message to one client, by client id, or to all of a user.
    Reached push(std::string_view client_id, Payload&& data);
    Reached push_user(std::string_view user, const Payload& data);

    /// Subscribes clients to a channel, besides what they subscribe to themselves, or ends subscriptions. Code 0 = 2000.
    Reached subscribe(const Audience& audience, const std::string& channel);
    Reached unsubscribe(const Audience& audience, const std::string& channel, std::uint16_t code,
                        std::string_view reason);

    /// Keeps up to 4 KiB of MessagePack with the client's session; empty = nothing any more.
    Reached keep_state(std::string_view client_id, std::string_view state);

    /// Ends one client, or all of a user. Code 0 = 3503.
    Reached disconnect_client(std::string_view client_id, std::uint16_t code, std::string_view reason);
    Reached disconnect_user(std::string_view user, std::uint16_t code, std::string_view reason);

    /// Ends clients for good (3500; a single client 3503), and subscriptions by such a token. What they came with lets
    /// nobody in again.
    Reached revoke(const Revocation& revocation);

    /// Ends all clients whose token was verified with this key (3500): it is not accepted any more. How many.
    std::uint32_t disconnect_key(std::string_view key_id);

    /// Takes over other rules. Clients and subscriptions that they do not allow end. Throws as the constructor, and
    /// changes nothing then.
    void reload(Options options);

    /// Ends all clients: 3001 when the broker stops.
    void disconnect_all(std::uint16_t code, std::string_view reason);

    /// Fires what is due (deadlines, expiries). Call it about every 10 ms.
    void tick();

    /// What there is now, for services that have not heard of it. `from`: 0, then what the page before said.
    SnapshotPage snapshot(Subjects subjects, std::uint64_t from, std::size_t max_events);

    Counts counts() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fairlead::core
