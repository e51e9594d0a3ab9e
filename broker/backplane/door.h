// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "base/zmq_socket.h"

namespace fairlead::backplane {

struct Parts;

/// Where the messages of services come in and go out. The first part of each is the routing id of its peer.
/// Nothing in it blocks. Threads: one, core's.
class Door {
public:
    virtual ~Door() = default;

    /// Peers may come from here on, but want_turn is not called before watch(). Throws std::runtime_error if
    /// it cannot be opened, with the cause and what to do. `parts` outlives close().
    virtual void open(Parts& parts) = 0;
    /// Where it is open, with the real ports.
    virtual const std::vector<std::string>& addresses() const noexcept = 0;

    /// Lets in who waits for that. Once a turn, before anything is read.
    virtual void admit() = 0;

    /// All parts or none arrive. On `sent` and `lost` the parts are not to be used again.
    virtual base::SendOutcome send(std::span<zmq::message_t> parts) = 0;
    /// One whole message into `parts`, which is cleared first.
    virtual base::ReceiveOutcome receive(std::vector<zmq::message_t>& parts, std::size_t max_parts) = 0;
    virtual bool readable() const = 0;

    /// Has want_turn called once when there may be something to read. After it was read to its end.
    virtual void watch() = 0;

    /// What was sent has so much time to leave. A second call does nothing.
    virtual void close(std::chrono::milliseconds farewell) = 0;
};

}  // namespace fairlead::backplane
