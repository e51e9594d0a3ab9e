// SPDX-License-Identifier: Apache-2.0
#include "base/zmq_socket.h"

#include <poll.h>

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using fairlead::base::ReceiveOutcome;
using fairlead::base::SendOutcome;
using fairlead::base::ZmqSocket;

namespace {

using Texts = std::vector<std::string>;

std::vector<zmq::message_t> parts_of(const Texts& texts) {
    std::vector<zmq::message_t> parts;
    for (const std::string& text : texts)
        parts.emplace_back(text.data(), text.size());
    return parts;
}

Texts texts_of(const std::vector<zmq::message_t>& parts) {
    Texts texts;
    for (const zmq::message_t& part : parts)
        texts.push_back(part.to_string());
    return texts;
}

/// Polls the descriptor as a loop does, until there is a message.
ReceiveOutcome wait_and_receive(ZmqSocket& socket, std::vector<zmq::message_t>& parts,
                                std::size_t max_parts = 16) {
    for (int turn = 0; turn < 100; ++turn) {
        ReceiveOutcome outcome = socket.receive(parts, max_parts);
        if (outcome != ReceiveOutcome::nothing) return outcome;
        pollfd descriptor{socket.descriptor(), POLLIN, 0};
        if (::poll(&descriptor, 1, 10'000) == 0) break;
    }
    return ReceiveOutcome::nothing;
}

struct Pair {
    Pair() {
        router.raw().set(zmq::sockopt::router_mandatory, true);
        router.raw().bind("tcp://127.0.0.1:*");
        dealer.emplace(context, zmq::socket_type::dealer, 1000);
        dealer->raw().set(zmq::sockopt::immediate, true);
        dealer->raw().connect(router.raw().get(zmq::sockopt::last_endpoint));
    }

    /// The dealer greets, so that the router knows it.
    void meet() {
        while (!dealer->writable()) {
            pollfd descriptor{dealer->descriptor(), POLLIN, 0};
            REQUIRE(::poll(&descriptor, 1, 10'000) == 1);
        }
        auto hello = parts_of({"hello"});
        REQUIRE(dealer->send(hello) == SendOutcome::sent);
        std::vector<zmq::message_t> parts;
        REQUIRE(wait_and_receive(router, parts) == ReceiveOutcome::received);
        peer = parts.at(0).to_string();
    }

    zmq::context_t context{1};
    ZmqSocket router{context, zmq::socket_type::router, 1000};
    std::optional<ZmqSocket> dealer;
    std::string peer;
};

}  // namespace

TEST_CASE("a message arrives with all its parts, empty ones too", "[zmq]") {
    Pair pair;
    pair.meet();
    auto sent = parts_of({"a", "", std::string(900, 'x')});
    REQUIRE(pair.dealer->send(sent) == SendOutcome::sent);
    std::vector<zmq::message_t> parts;
    REQUIRE(wait_and_receive(pair.router, parts) == ReceiveOutcome::received);
    CHECK(texts_of(parts) == Texts{pair.peer, "a", "", std::string(900, 'x')});
    CHECK(pair.router.receive(parts, 16) == ReceiveOutcome::nothing);
    CHECK(parts.empty());
    CHECK_FALSE(pair.router.readable());
}

TEST_CASE("a dealer without a peer takes nothing and keeps the parts whole", "[zmq]") {
    zmq::context_t context{1};
    ZmqSocket dealer{context, zmq::socket_type::dealer, 1000};
    CHECK_FALSE(dealer.writable());
    auto parts = parts_of({"a", "b"});
    CHECK(dealer.send(parts) == SendOutcome::would_block);
    CHECK(texts_of(parts) == Texts{"a", "b"});
}

TEST_CASE("a router says that a peer is not there", "[zmq]") {
    Pair pair;
    auto parts = parts_of({"nobody", "a"});
    CHECK(pair.router.send(parts) == SendOutcome::unreachable);
    CHECK(texts_of(parts) == Texts{"nobody", "a"});
    // And the next message is whole.
    pair.meet();
    auto next = parts_of({pair.peer, "b", "c"});
    REQUIRE(pair.router.send(next) == SendOutcome::sent);
    std::vector<zmq::message_t> got;
    REQUIRE(wait_and_receive(*pair.dealer, got) == ReceiveOutcome::received);
    CHECK(texts_of(got) == Texts{"b", "c"});
}

TEST_CASE("a message of too many parts is read to its end and the next one is whole", "[zmq]") {
    Pair pair;
    pair.meet();
    auto longer = parts_of({"1", "2", "3", "4", "5"});
    auto good = parts_of({"good"});
    REQUIRE(pair.dealer->send(longer) == SendOutcome::sent);
    REQUIRE(pair.dealer->send(good) == SendOutcome::sent);
    std::vector<zmq::message_t> parts;
    REQUIRE(wait_and_receive(pair.router, parts, 3) == ReceiveOutcome::too_long);
    CHECK(texts_of(parts) == Texts{pair.peer, "1", "2"});
    REQUIRE(wait_and_receive(pair.router, parts, 3) == ReceiveOutcome::received);
    CHECK(texts_of(parts) == Texts{pair.peer, "good"});
}

TEST_CASE("a part over the limit ends its sender's connection", "[zmq]") {
    Pair pair;
    pair.meet();
    auto large = parts_of({std::string(1001, 'x')});
    REQUIRE(pair.dealer->send(large) == SendOutcome::sent);
    // The peer is gone for the router once the connection is cut.
    for (;;) {
        auto probe = parts_of({pair.peer, "p"});
        if (pair.router.send(probe) == SendOutcome::unreachable) break;
        pollfd descriptor{pair.router.descriptor(), POLLIN, 0};
        REQUIRE(::poll(&descriptor, 1, 10'000) >= 0);
        std::vector<zmq::message_t> parts;
        while (pair.router.receive(parts, 16) != ReceiveOutcome::nothing)
            CHECK(texts_of(parts).at(1) != "x");
    }
}
