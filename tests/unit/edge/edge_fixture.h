// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <asio/io_context.hpp>
#include <cstring>
#include <deque>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "edge/connection.h"
#include "edge/context.h"

/// One edge thread without a listener, on a manual clock, with real sockets: pairs whose other end the test holds.
namespace fairlead::edge::test {

/// Takes tokens of the form `user`, and subscription tokens of the form `user channel`; `expired` and `forged` are
/// what they say.
class FakeTokens final : public core::TokenVerifier {
public:
    core::TokenResult verify(std::string_view token, base::Wall) const override {
        if (token == "expired") return {{}, core::TokenFault::expired, "expired"};
        if (token == "forged") return {{}, core::TokenFault::invalid, "forged"};
        core::Claims claims;
        claims.user = token;
        claims.meta = "{\"plan\":\"gold\"}";
        return {claims, {}, {}};
    }

    core::SubscriptionTokenResult verify_subscription(std::string_view token, base::Wall) const override {
        if (token == "expired") return {{}, core::TokenFault::expired, "expired"};
        const std::size_t space = token.find(' ');
        if (space == std::string_view::npos) return {{}, core::TokenFault::invalid, "forged"};
        core::SubscriptionClaims claims;
        claims.user = token.substr(0, space);
        claims.channel = token.substr(space + 1);
        return {claims, {}, {}};
    }
};

struct Peer {
    Connection* connection = nullptr;
    int socket = -1;  ///< the client's end
};

class Thread {
public:
    explicit Thread(Options given = {}, const TlsIdentity* tls = nullptr)
        : options(std::move(given)),
          context{.options = options,
                  .rules = rules,
                  .version = version,
                  .clock = clock,
                  .log = log,
                  .tokens = tokens,
                  .core = core,
                  .admission = admission,
                  .tls = tls,
                  .index = 0,
                  .max_queued_bytes = options.max_total_queue_bytes,
                  .poller = Poller(io, [] {}, [] {}),
                  .deadlines = base::TimerWheel<Deadline>(clock.now()),
                  .channels = Channels(core::Hash(1, 2)),
                  .decoder = json::CommandDecoder(),
                  .to_msgpack = json::ToMsgpack(),
                  .ping = Frame::make(Opcode::text, "{}"),
                  .text = {},
                  .buffer = std::vector<char>(64 * 1024),
                  .dirty = {},
                  .gone = {},
                  .newcomers = {},
                  .want_turn = [] {},
                  .now = clock.now(),
                  .queued_bytes = 0,
                  .counts = {},
                  .refusal_said_at = {},
                  .refused_unsaid = 0} {}

    ~Thread() {
        connections_.clear();
        for (int socket : sockets_) ::close(socket);
    }

    /// A connection that has said nothing yet.
    Peer connect() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) throw std::runtime_error("socketpair");
        sockets_.push_back(ends[1]);
        admission.admit({}, clock.now());
        core::ClientKey key{0, static_cast<std::uint32_t>(connections_.size()), 1};
        connections_.push_back(std::make_unique<Connection>(context, key, ends[0], sockaddr_storage{}));
        return {connections_.back().get(), ends[1]};
    }

    /// A connection whose socket comes from a proxy at this address.
    Peer connect_through(std::string_view proxy) {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) throw std::runtime_error("socketpair");
        sockets_.push_back(ends[1]);
        admission.admit_unidentified();
        sockaddr_in address{};
        address.sin_family = AF_INET;
        ::inet_pton(AF_INET, std::string(proxy).c_str(), &address.sin_addr);
        sockaddr_storage storage{};
        std::memcpy(&storage, &address, sizeof address);
        core::ClientKey key{0, static_cast<std::uint32_t>(connections_.size()), 1};
        connections_.push_back(std::make_unique<Connection>(context, key, ends[0], storage, false));
        return {connections_.back().get(), ends[1]};
    }

    /// The client writes; the connection reads and answers.
    void write(const Peer& peer, std::string_view bytes) {
        while (!bytes.empty()) {
            ssize_t sent = ::send(peer.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) break;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            peer.connection->on_ready(EPOLLIN);
        }
        flush();
    }

    /// What has come out for the client until now.
    std::string read(const Peer& peer) {
        std::string out;
        char buffer[4096];
        ssize_t got;
        while ((got = ::recv(peer.socket, buffer, sizeof buffer, 0)) > 0) out.append(buffer, static_cast<std::size_t>(got));
        return out;
    }

    void flush() {
        std::vector<Connection*> dirty;
        dirty.swap(context.dirty);
        for (Connection* connection : dirty) connection->flush();
    }

    void advance(std::chrono::milliseconds by) {
        clock.advance(by);
        context.now = clock.now();
        context.deadlines.advance(context.now, [this](Deadline&& deadline) {
            connections_[deadline.slot]->on_deadline(deadline.kind);
        });
        flush();
    }

    /// What was posted to core since the last call.
    std::vector<core::FromEdge> posted() {
        std::vector<core::FromEdge> all;
        core.drain([&](core::FromEdge&& message) { all.push_back(std::move(message)); });
        return all;
    }

    Options options;
    HandshakeRules rules{"/connection/websocket", OriginList({"https://app.example"}), 8 * 1024, 64};
    std::string version = "test";
    base::ManualClock clock;
    base::SilentLog log;
    FakeTokens tokens;
    base::Mailbox<core::FromEdge> core{1024, [] {}};
    Admission admission{options, 1000};
    asio::io_context io{1};
    Context context;

private:
    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<int> sockets_;
};

}  // namespace fairlead::edge::test
