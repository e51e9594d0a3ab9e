// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <zmq.hpp>

namespace fairlead::detail {

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

private:
    zmq::socket_t& watched_;
    zmq::socket_t events_;
    bool lost_ = false;
};

}  // namespace fairlead::detail
