// SPDX-License-Identifier: Apache-2.0
#include "backplane/arrivals.h"

#include <cerrno>
#include <charconv>
#include <cstring>

namespace fairlead::backplane {
namespace {

constexpr const char* kAddress = "inproc://fairlead-arrivals";

std::uint16_t port_of(std::string_view address) noexcept {
    const std::size_t colon = address.rfind(':');
    std::uint16_t port = 0;
    if (!address.starts_with("tcp://") || colon == std::string_view::npos) return 0;
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
    return port;
}

bool receive(zmq::socket_t& socket, zmq::message_t& part) {
    int size = 0;
    do {
        size = zmq_msg_recv(part.handle(), socket.handle(), ZMQ_DONTWAIT);
    } while (size < 0 && errno == EINTR);
    if (size < 0 && errno != EAGAIN) throw zmq::error_t();
    return size >= 0;
}

}  // namespace

Arrivals::Arrivals(zmq::context_t& context, zmq::socket_t& listening)
    : listening_(listening), events_(context, zmq::socket_type::pair) {
    events_.set(zmq::sockopt::linger, 0);
    // libzmq's I/O thread waits for room in this queue, and all services with it.
    events_.set(zmq::sockopt::rcvhwm, 0);
    constexpr int kEvents = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED;
    if (zmq_socket_monitor(listening_.handle(), kAddress, kEvents) != 0) throw zmq::error_t();
    events_.connect(kAddress);
}

Arrivals::~Arrivals() {
    zmq_socket_monitor(listening_.handle(), nullptr, 0);
}

std::optional<Arrivals::Event> Arrivals::next() {
    // A part with what happened and a part with our address.
    zmq::message_t event;
    zmq::message_t address;
    while (receive(events_, event)) {
        if (!event.more() || !receive(events_, address)) continue;
        if (const auto read_event = read(event, address.to_string_view())) return read_event;
    }
    return std::nullopt;
}

std::optional<Arrivals::Event> Arrivals::read(const zmq::message_t& event,
                                              std::string_view address) noexcept {
    std::uint16_t number = 0;
    std::int32_t descriptor = 0;
    if (event.size() != sizeof number + sizeof descriptor) return std::nullopt;
    std::memcpy(&number, event.data(), sizeof number);
    std::memcpy(&descriptor, event.data<char>() + sizeof number, sizeof descriptor);
    return Event{descriptor, number == ZMQ_EVENT_DISCONNECTED, port_of(address)};
}

}  // namespace fairlead::backplane
