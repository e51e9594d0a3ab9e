// SPDX-License-Identifier: Apache-2.0
#include "src/link_monitor.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>

namespace fairlead::detail {
namespace {

constexpr int kEvents = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

std::string next_address() {
    static std::atomic<std::uint64_t> last{0};
    return "inproc://fairlead-link-" + std::to_string(++last);
}

}  // namespace

LinkMonitor::LinkMonitor(zmq::context_t& context, zmq::socket_t& watched)
    : watched_(watched), events_(context, zmq::socket_type::pair) {
    std::string address = next_address();
    events_.set(zmq::sockopt::linger, 0);
    if (zmq_socket_monitor(watched_.handle(), address.c_str(), kEvents) != 0) throw zmq::error_t();
    events_.connect(address);
}

LinkMonitor::~LinkMonitor() {
    zmq_socket_monitor(watched_.handle(), nullptr, 0);
}

int LinkMonitor::descriptor() const {
    return static_cast<int>(events_.get(zmq::sockopt::fd));
}

LinkEnding LinkMonitor::ending() {
    // An event is a part with its number and a part with the address.
    zmq::message_t part;
    while (zmq_msg_recv(part.handle(), events_.handle(), ZMQ_DONTWAIT) >= 0) {
        if (part.more()) take(part);
    }
    return ending_;
}

void LinkMonitor::take(const zmq::message_t& event) noexcept {
    std::uint16_t number = 0;
    std::uint32_t value = 0;
    if (event.size() != sizeof number + sizeof value) return;
    std::memcpy(&number, event.data(), sizeof number);
    std::memcpy(&value, event.data<char>() + sizeof number, sizeof value);
    LinkEnding found = LinkEnding::in_handshake;
    if (number == ZMQ_EVENT_DISCONNECTED) {
        found = LinkEnding::lost;
    } else if (number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
        found = LinkEnding::key_refused;
    } else if (number == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL &&
               value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) {
        found = LinkEnding::other_mechanism;
    }
    // A disconnection follows the event that says why.
    ending_ = std::max(ending_, found);
}

}  // namespace fairlead::detail
