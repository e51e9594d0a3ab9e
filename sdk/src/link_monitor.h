// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <zmq.hpp>

namespace fairlead::detail {

/// What ended a connection, as far as libzmq tells; what says more comes later.
enum class LinkEnding : std::uint8_t {
    none,
    lost,             ///< after the handshake, or never begun
    in_handshake,     ///< the peer went away in it
    key_refused,      ///< the peer told us that our key is not known
    other_mechanism,  ///< one has keys and the other has none
};

/// Hears from libzmq when the connection of a DEALER ends, since the socket itself does not show it.
/// Must be destroyed before the socket that it watches. Threads: that of the socket.
class LinkMonitor {
public:
    /// Throws zmq::error_t.
    LinkMonitor(zmq::context_t& context, zmq::socket_t& watched);
    ~LinkMonitor();
    LinkMonitor(const LinkMonitor&) = delete;
    LinkMonitor& operator=(const LinkMonitor&) = delete;

    int descriptor() const;

    /// Reads what there is; true once the connection has ended or its handshake failed.
    bool lost();

    /// What lost() has read of.
    LinkEnding ending() const noexcept { return ending_; }

private:
    void take(const zmq::message_t& event) noexcept;

    zmq::socket_t& watched_;
    zmq::socket_t events_;
    LinkEnding ending_ = LinkEnding::none;
};

}  // namespace fairlead::detail
