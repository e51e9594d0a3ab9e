// SPDX-License-Identifier: Apache-2.0
#include "base/zmq_socket.h"

#include <cerrno>

namespace fairlead::base {
namespace {

constexpr int kHighWaterMessages = 4096;
constexpr int kHandshakeMs = 3000;
constexpr std::size_t kCurveBytes = 64;  // CURVE adds 33 to each part, and libzmq counts them as the part's

void limit_parts(zmq::socket_t& socket, std::size_t bytes) {
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(bytes));
}

void set_key(zmq::socket_t& socket, int option, std::span<const unsigned char, kKeyBytes> key) {
    if (zmq_setsockopt(socket.handle(), option, key.data(), key.size()) != 0) throw zmq::error_t();
}

// Asking looks after the socket's inner messages, which a signal may interrupt.
bool has_event(const zmq::socket_t& socket, int event) {
    int events = 0;
    std::size_t size = sizeof events;
    int result;
    do {
        result = zmq_getsockopt(const_cast<void*>(socket.handle()), ZMQ_EVENTS, &events, &size);
    } while (result < 0 && errno == EINTR);
    if (result < 0) throw zmq::error_t();
    return (events & event) != 0;
}

}  // namespace

ZmqSocket::ZmqSocket(zmq::context_t& context, zmq::socket_type type, std::size_t max_part_bytes)
    : socket_(context, type), max_part_bytes_(max_part_bytes) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::sndhwm, kHighWaterMessages);
    socket_.set(zmq::sockopt::rcvhwm, kHighWaterMessages);
    socket_.set(zmq::sockopt::handshake_ivl, kHandshakeMs);
    limit_parts(socket_, max_part_bytes);
}

int ZmqSocket::descriptor() const { return static_cast<int>(socket_.get(zmq::sockopt::fd)); }

void ZmqSocket::serve_keyed(const SecretKey& key, const std::string& zap_domain) {
    limit_parts(socket_, max_part_bytes_ + kCurveBytes);
    socket_.set(zmq::sockopt::curve_server, true);
    set_key(socket_, ZMQ_CURVE_SECRETKEY, key.bytes());
    socket_.set(zmq::sockopt::zap_domain, zap_domain);
}

void ZmqSocket::connect_keyed(const SecretKey& key, std::string_view server_key) {
    limit_parts(socket_, max_part_bytes_ + kCurveBytes);
    set_key(socket_, ZMQ_CURVE_SERVERKEY, public_key_bytes(server_key));
    set_key(socket_, ZMQ_CURVE_PUBLICKEY, public_key_bytes(key.public_key()));
    set_key(socket_, ZMQ_CURVE_SECRETKEY, key.bytes());
}

SendOutcome ZmqSocket::send(std::span<zmq::message_t> parts) {
    SendOutcome outcome = SendOutcome::sent;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        int flags = ZMQ_DONTWAIT | (i + 1 < parts.size() ? ZMQ_SNDMORE : 0);
        int sent;
        do {
            sent = zmq_msg_send(parts[i].handle(), socket_.handle(), flags);
        } while (sent < 0 && errno == EINTR);
        if (sent >= 0) continue;
        if (errno != EAGAIN && errno != EHOSTUNREACH) throw zmq::error_t();
        if (i == 0) return errno == EAGAIN ? SendOutcome::would_block : SendOutcome::unreachable;
        // The connection ended within the message. libzmq drops the parts up to the last one, so they must be given
        // to it, else it would take the first ones of the next message for them.
        outcome = SendOutcome::lost;
    }
    return outcome;
}

ReceiveOutcome ZmqSocket::receive(std::vector<zmq::message_t>& parts, std::size_t max_parts) {
    parts.clear();
    bool too_long = false;
    for (;;) {
        zmq::message_t part;
        int size;
        do {
            size = zmq_msg_recv(part.handle(), socket_.handle(), ZMQ_DONTWAIT);
        } while (size < 0 && errno == EINTR);
        if (size < 0) {
            if (errno == EAGAIN) return ReceiveOutcome::nothing;
            throw zmq::error_t();
        }
        bool more = part.more();
        if (parts.size() < max_parts) {
            parts.push_back(std::move(part));
        } else {
            too_long = true;
        }
        if (!more) return too_long ? ReceiveOutcome::too_long : ReceiveOutcome::received;
    }
}

bool ZmqSocket::readable() const { return has_event(socket_, ZMQ_POLLIN); }

bool ZmqSocket::writable() const { return has_event(socket_, ZMQ_POLLOUT); }

}  // namespace fairlead::base
