// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <zmq.hpp>

namespace fairlead::backplane {

/// Which connections a listening ZeroMQ socket takes and loses, from its monitor. Threads: the socket's.
class Arrivals {
public:
    struct Event {
        int descriptor = -1;
        bool ended = false;
        std::uint16_t port = 0;  ///< ours; 0: not over TCP
    };

    /// From here on; before the socket listens. The socket is closed or lives longer.
    Arrivals(zmq::context_t& context, zmq::socket_t& listening);
    ~Arrivals();
    Arrivals(const Arrivals&) = delete;
    Arrivals& operator=(const Arrivals&) = delete;

    /// The next one, in their order: the end of a connection comes before the next one under its number. A
    /// connection's arrival comes before its first message.
    std::optional<Event> next();

private:
    static std::optional<Event> read(const zmq::message_t& event, std::string_view address) noexcept;

    zmq::socket_t& listening_;
    zmq::socket_t events_;
};

}  // namespace fairlead::backplane
