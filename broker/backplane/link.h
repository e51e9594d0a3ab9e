// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <zmq.hpp>

#include "backplane/instance.h"
#include "backplane/options.h"
#include "backplane/outlet.h"
#include "core/request.h"
#include "wire/batch.h"

namespace fairlead::backplane {

/// The payload part of a frame in a batch, and what must be told if the frame cannot leave.
struct Outgoing {
    zmq::message_t bytes;
    core::CallId call = 0;   ///< of a request
    EventCopy event;         ///< of an event
    bool told = false;       ///< session events: they are told again after a take-over
    bool withdrawn = false;  ///< given to somebody else: not to be sent

    std::size_t size() const noexcept { return bytes.size(); }
};

/// The way to one instance: the peer's routing id and what waits for it.
struct Link {
    Instance* instance = nullptr;
    std::string routing_id;
    int descriptor = -1;                          ///< of its connection; -1 = libzmq does not say
    std::shared_ptr<const ServiceRights> rights;  ///< nullptr without keys: it may do all
    core::CallerPtr caller;                       ///< what its requests and events say who asks
    wire::BasicBatch<Outgoing> batch;
    bool dirty = false;  ///< in the list of those to flush
    std::string ending;  ///< why it ends; empty = it goes on
    bool said_goodbye = false;
    std::uint32_t faults = 0;
    std::uint64_t taken_bytes = 0;  ///< of its emits and publications, since its welcome
    std::uint64_t told_bytes = 0;   ///< the last of those that the peer was told

    core::LinkId id() const noexcept { return instance->link; }
    std::size_t backlog_bytes() const noexcept { return batch.payload_bytes() + batch.header_bytes(); }
};

}  // namespace fairlead::backplane
