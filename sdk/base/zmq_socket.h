// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include <zmq.hpp>

#include "base/curve_key.h"

namespace fairlead::base {

enum class SendOutcome : std::uint8_t {
    sent,
    would_block,  ///< high-water mark reached: nothing was sent
    unreachable,  ///< ROUTER: the peer is not (or no longer) there: nothing was sent
    lost,         ///< DEALER: the connection ended within the message: its parts are gone and arrive nowhere
};

enum class ReceiveOutcome : std::uint8_t {
    received,
    nothing,   ///< no message now
    too_long,  ///< a message of more parts than allowed was read to its end and thrown away; `parts` holds its first ones
};

/// A ZeroMQ socket for an event loop: it never blocks, and its descriptor says when to look.
///
/// ZMQ_FD is edge-triggered: after each wake-up *and after each send*, call receive() until it says `nothing`.
/// Sets LINGER 0, a handshake limit of 3 s, high-water marks of 4,096 messages and the given part limit; never
/// ZMQ_HEARTBEAT_IVL, which aborts the connecting process under back-pressure.
/// Threads: one, the loop's.
class ZmqSocket {
public:
    /// Throws zmq::error_t when the socket cannot be made.
    ZmqSocket(zmq::context_t& context, zmq::socket_type type, std::size_t max_part_bytes);

    zmq::socket_t& raw() noexcept { return socket_; }
    int descriptor() const;

    /// From the next bind on, peers must know the public key of `key`, and the ZAP handler of the context must let
    /// them in. libzmq lets all in without a handler, but their messages have no `User-Id` then. Addresses that are
    /// bound keep the key that they have.
    void serve_keyed(const SecretKey& key, const std::string& zap_domain);

    /// From the next connect on: only to a peer that has the secret of `server_key`, as the owner of `key`.
    void connect_keyed(const SecretKey& key, std::string_view server_key);

    /// All parts or none arrive. On `sent` and `lost` the parts are not to be used again.
    SendOutcome send(std::span<zmq::message_t> parts);

    /// One whole message into `parts`, which is cleared first.
    ReceiveOutcome receive(std::vector<zmq::message_t>& parts, std::size_t max_parts);

    /// Whether a message waits or can be sent: also re-arms the descriptor.
    bool readable() const;
    bool writable() const;

private:
    zmq::socket_t socket_;
    const std::size_t max_part_bytes_;
};

}  // namespace fairlead::base
