// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zmq.hpp>

#include "src/line.h"

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

    /// Reads what there is.
    LinkEnding ending();

private:
    void take(const zmq::message_t& event) noexcept;

    zmq::socket_t& watched_;
    zmq::socket_t events_;
    LinkEnding ending_ = LinkEnding::none;
};

}  // namespace fairlead::detail
