// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>
#include <zmq.hpp>

#include "base/zmq_socket.h"

namespace fairlead::detail {

/// What ended a connection, as far as it can be told; what says more comes later.
enum class LinkEnding : std::uint8_t {
    none,
    lost,             ///< after the handshake, or never begun
    in_handshake,     ///< the peer went away in it
    key_refused,      ///< the peer told us that our key is not known
    other_mechanism,  ///< one has keys and the other has none
};

/// One connection to a broker, from the attempt to its end: whole messages go out and come in. Nothing in it
/// blocks. Threads: one, the link's.
class Line {
public:
    virtual ~Line() = default;

    /// The broker is there and takes a message.
    virtual bool writable() const = 0;

    /// All parts or none arrive. On `sent` and `lost` the parts are not to be used again.
    virtual base::SendOutcome send(std::span<zmq::message_t> parts) = 0;

    /// One whole message into `parts`, which is cleared first.
    virtual base::ReceiveOutcome receive(std::vector<zmq::message_t>& parts, std::size_t max_parts) = 0;

    /// Whether it has ended, and why.
    virtual LinkEnding ending() = 0;

    /// What to poll for input. They may be edge-triggered: to be looked at with receive() after each wake-up
    /// *and each send*.
    virtual void add_descriptors(std::vector<pollfd>& descriptors) const = 0;
};

}  // namespace fairlead::detail
