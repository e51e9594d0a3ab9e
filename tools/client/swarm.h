// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "client/descriptor.h"
#include "client/handshake.h"
#include "client/result.h"
#include "client/stream.h"
#include "client/url.h"

namespace fairlead::client {

/// What a swarm tells its owner. `connection` counts from 0 in the order of opening. The calls come from
/// within Swarm::turn and may send; they must not throw.
class SwarmListener {
public:
    virtual ~SwarmListener() = default;

    /// The upgrade is done.
    virtual void opened(std::size_t connection) = 0;
    /// One reply of the client protocol, which is one line of a text message; pings are already answered.
    virtual void received(std::size_t connection, std::string_view reply) = 0;
    /// The connection is gone; `why` is the close frame's code and reason or what failed.
    virtual void gone(std::size_t connection, std::string_view why) = 0;
};

/// Very many WebSocket clients of one server in one thread, for load: non-blocking sockets on one epoll
/// descriptor, one read buffer for all, no JSON. It trusts the server more than WebSocket does: no UTF-8
/// check, and fragmented messages end the connection as a fault. Threads: one.
class Swarm {
public:
    /// `listener` outlives the swarm. Raises the soft limit of descriptors to the hard one.
    static Result<Swarm> create(const Url& url, SwarmListener& listener);

    /// Begins to open so many further connections; turn() does it, at most `kMaxOpening` at a time.
    void open(std::size_t connections);
    /// Waits for the network up to `timeout` and does what there is to do, once.
    void turn(std::chrono::milliseconds timeout);
    /// Sends ready frames (see text_frame); what the socket does not take now goes out in later turns.
    void send(std::size_t connection, std::string_view frames);
    /// Ends all connections at once, without close frames.
    void clear();

    std::size_t size() const { return connections_.size(); }

    /// A text frame with mask zero: legal, and the payload stands in it as it is, so that it can be a
    /// template.
    static std::string text_frame(std::string_view payload);

private:
    static constexpr std::size_t kNone = ~std::size_t{0};

    enum class State : std::uint8_t { connecting, upgrading, open, gone };

    struct Connection {
        Descriptor fd;
        State state = State::connecting;
        bool wants_write = false;
        std::string unread;  // the beginning of a frame or head whose rest has not come
        std::string unsent;
    };

    Swarm(Url url, SwarmListener& listener, Address address, Descriptor epoll);

    void open_one();
    void handle(std::size_t index, std::uint32_t events);
    void finish_connecting(std::size_t index);
    void read(std::size_t index);
    void take(std::size_t index, std::string_view bytes);
    std::size_t take_head(std::size_t index, std::string_view bytes);
    std::size_t take_frame(std::size_t index, std::string_view bytes);
    void take_payload(std::size_t index, std::uint8_t opcode, std::string_view payload);
    void take_text(std::size_t index, std::string_view payload);
    void flush(Connection& connection, std::size_t index);
    void watch(Connection& connection, std::size_t index, bool writes);
    void drop(std::size_t index, std::string_view why);

    Url url_;
    SwarmListener* listener_;
    Address address_;
    Descriptor epoll_;
    HandshakeRequest request_;  // one key for all: it is no secret and saves work
    std::string head_;
    std::string pong_;
    std::vector<char> buffer_;
    std::deque<Connection> connections_;
    std::size_t to_open_ = 0;
    std::size_t opening_ = 0;
    std::size_t reading_ = kNone;  // the connection whose bytes are being handled
};

}  // namespace fairlead::client
