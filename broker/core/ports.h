// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "core/claims.h"
#include "core/counts.h"
#include "core/history.h"
#include "core/request.h"
#include "core/session_event.h"
#include "core/tap.h"
#include "core/to_edge.h"

/// What core asks of the outside. Implementations are handed in by the app.
namespace fairlead::core {

/// The mailbox of one edge thread.
/// Threads: core's.
class EdgePort {
public:
    virtual ~EdgePort() = default;
    virtual void post(ToEdge&& message) = 0;
    /// False: the thread is far behind; what can be refused (a publication) should be.
    virtual bool has_room() const = 0;
    /// Since its start.
    virtual Deliveries deliveries() const = 0;
};

/// What Services made of a request.
struct Routed {
    enum class State : std::uint8_t {
        taken,       ///< one Broker::settle follows, unless cancel() comes first
        not_found,   ///< nobody is registered for the topic
        overloaded,  ///< no window free and the queue is full
    };
    State state = State::taken;
    base::Steady deadline{};  ///< the request's, or the endpoint's own where it named none
};

/// The services behind the broker.
/// Threads: core's.
class Services {
public:
    virtual ~Services() = default;

    /// To the instance with the least outstanding, or into the topic's queue. Keeps the payload until the
    /// outcome, since an instance may hand a request back.
    virtual Routed request(Request&& request) = 0;

    /// Nobody waits for this any more: its instance is told, its late answer is dropped. Unknown calls are
    /// ignored.
    virtual void cancel(CallId call) = 0;

    /// The outcome of a request that a service made over `link`. A link that is gone is ignored.
    virtual void answer(LinkId link, CallId call, Outcome&& outcome) = 0;

    /// One copy to each interested group.
    virtual Emitted emit(Event&& event) = 0;

    /// Whether any service listens to session events of this kind, or has not said goodbye to them.
    virtual bool listens(Subjects subjects) const = 0;
    /// To each listening group, at least once and in order.
    virtual void tell(SessionEvent&& event) = 0;
};

/// Checks connection tokens and subscription tokens; neither passes for the other.
/// Threads: any.
class TokenVerifier {
public:
    virtual ~TokenVerifier() = default;
    virtual TokenResult verify(std::string_view token, base::Wall now) const = 0;
    virtual SubscriptionTokenResult verify_subscription(std::string_view token, base::Wall now) const = 0;
};

/// Unguessable bytes.
/// Threads: core's.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> bytes) = 0;
};

/// Between the JSON of clients and the MessagePack of services. False: the value has no such form.
/// Threads: core's.
class Translator {
public:
    virtual ~Translator() = default;
    virtual bool to_msgpack(std::string_view json, std::string& out) = 0;
    virtual bool to_json(std::string_view msgpack, std::string& out) = 0;
};

/// What core is built from. All outlive the broker.
struct Ports {
    base::Clock& clock;
    base::Log& log;
    Random& random;
    Services& services;
    Translator& translator;
    History& history;
    std::vector<EdgePort*> edges;  ///< by EdgeIndex
    Tap* tap = nullptr;            ///< nullptr: nobody looks on
};

}  // namespace fairlead::core
