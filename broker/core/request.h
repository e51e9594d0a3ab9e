// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "base/clock.h"
#include "core/payload.h"
#include "wire/error.h"
#include "wire/frame.h"

namespace fairlead::core {

using wire::CallId;

/// A link of a service to this broker. Never used again after the link is gone.
using LinkId = std::uint32_t;

/// Who asks or emits, as services are told. `meta` is MessagePack, empty = none. Made once a client, shared by its calls.
struct Caller {
    std::string service;
    std::string user;
    std::string client;
    std::string session;
    std::string address;
    std::string meta;
};
using CallerPtr = std::shared_ptr<const Caller>;

/// A request on its way to an instance. `payload` is MessagePack.
struct Request {
    CallId call = 0;
    std::string topic;
    base::Steady deadline{};  ///< epoch of the clock = none was named: the endpoint's own, or the default
    CallerPtr caller;
    Tags headers;
    std::string trace;
    std::string key;
    std::string payload;
};

/// An event on its way to groups. `payload` is MessagePack.
struct Event {
    std::string topic;
    CallerPtr caller;
    Tags headers;
    std::string trace;
    std::string payload;
};

/// What became of an event: groups that got it, in whose queue it waits, that lost it.
struct Emitted {
    std::uint32_t reached = 0;
    std::uint32_t queued = 0;
    std::uint32_t dropped = 0;
};

/// The one outcome of a request: the reply (MessagePack), or a failure (a deadline is a failure too).
using Outcome = std::variant<std::string, wire::Failure>;

}  // namespace fairlead::core
