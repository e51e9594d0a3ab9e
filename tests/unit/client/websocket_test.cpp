// SPDX-License-Identifier: Apache-2.0
#include "client/websocket.h"

#include <catch2/catch.hpp>

#include "peer.h"

namespace fairlead::client {
namespace {

using namespace std::chrono_literals;
using test::Peer;
using test::PeerConnection;

constexpr auto kLong = 10s;

TEST_CASE("text goes out masked and comes back", "[websocket]") {
    Peer peer([](PeerConnection& connection) {
        connection.accept_upgrade();
        connection.write_text(connection.read_frame());
    });
    auto socket = WebSocket::open(peer.url());
    REQUIRE(socket);
    const std::string text(300, 'x');
    REQUIRE(socket->send_text(text));
    const auto event = socket->receive(kLong);
    REQUIRE(event);
    CHECK(event->kind == Event::Kind::text);
    CHECK(event->payload == text);
}

TEST_CASE("bytes right behind the answer are not lost", "[websocket]") {
    Peer peer([](PeerConnection& connection) {
        connection.accept_upgrade("Sec-WebSocket-Protocol: b\r\n");
        connection.write_text("early");
        connection.read_frame();
    });
    WebSocketOptions options;
    options.subprotocols = {"a", "b"};
    auto socket = WebSocket::open(peer.url(), options);
    REQUIRE(socket);
    CHECK(socket->subprotocol() == "b");
    CHECK(socket->receive(kLong)->payload == "early");
}

TEST_CASE("a ping is answered with its payload", "[websocket]") {
    unsigned first = 0;
    std::string pong;
    {
        Peer peer([&](PeerConnection& connection) {
            connection.accept_upgrade();
            connection.write_frame(0x89, "are you there");
            pong = connection.read_frame(&first);
        });
        auto socket = WebSocket::open(peer.url());
        REQUIRE(socket);
        CHECK(socket->receive(kLong)->kind == Event::Kind::ping);
    }
    CHECK(first == 0x8a);
    CHECK(pong == "are you there");
}

TEST_CASE("a close frame is reported and answered with its code", "[websocket]") {
    std::string answer;
    {
        Peer peer([&](PeerConnection& connection) {
            connection.accept_upgrade();
            connection.write_frame(0x88, close_payload(3501, "bad request"));
            answer = connection.read_frame();
        });
        auto socket = WebSocket::open(peer.url());
        REQUIRE(socket);
        const auto event = socket->receive(kLong);
        REQUIRE(event);
        CHECK(event->kind == Event::Kind::close);
        CHECK(event->close_code == 3501);
        CHECK(event->payload == "bad request");
    }
    CHECK(answer == close_payload(3501, ""));
}

TEST_CASE("close waits for the peer's own and skips what is still under way", "[websocket]") {
    Peer peer([](PeerConnection& connection) {
        connection.accept_upgrade();
        connection.write_text("late");
        const std::string payload = connection.read_frame();
        connection.write_frame(0x88, payload);
    });
    auto socket = WebSocket::open(peer.url());
    REQUIRE(socket);
    const auto event = socket->close(1000, "done", kLong);
    REQUIRE(event);
    CHECK(event->close_code == 1000);
    CHECK(event->payload == "done");
}

TEST_CASE("the end of the stream without a close frame is its own fault", "[websocket]") {
    Peer peer([](PeerConnection& connection) { connection.accept_upgrade(); });
    auto socket = WebSocket::open(peer.url());
    REQUIRE(socket);
    const auto event = socket->receive(kLong);
    REQUIRE_FALSE(event);
    CHECK(event.error().fault == Fault::closed);
}

TEST_CASE("silence ends at the deadline and the connection lives on", "[websocket]") {
    Peer peer([](PeerConnection& connection) {
        connection.accept_upgrade();
        connection.read_frame();
        connection.write_text("now");
    });
    auto socket = WebSocket::open(peer.url());
    REQUIRE(socket);
    const auto nothing = socket->receive(0ms);
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().fault == Fault::timeout);
    REQUIRE(socket->send_text("go"));
    CHECK(socket->receive(kLong)->payload == "now");
}

TEST_CASE("a refused or missing server is said so", "[websocket]") {
    {
        Peer peer([](PeerConnection& connection) {
            connection.read_head();
            connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        });
        const auto socket = WebSocket::open(peer.url());
        REQUIRE_FALSE(socket);
        CHECK(socket.error().fault == Fault::refused);
    }
    std::string gone;
    {
        Peer peer([](PeerConnection&) {});
        gone = peer.url();
        CHECK_FALSE(WebSocket::open(gone));  // accepted and closed at once
    }
    const auto socket = WebSocket::open(gone);
    REQUIRE_FALSE(socket);
    CHECK(socket.error().fault == Fault::io);
}

TEST_CASE("an endless answer is cut", "[websocket]") {
    Peer peer([](PeerConnection& connection) {
        connection.read_head();
        connection.write("HTTP/1.1 101 x\r\nX: " + std::string(64 * 1024, 'x'));
    });
    const auto socket = WebSocket::open(peer.url());
    REQUIRE_FALSE(socket);
    CHECK(socket.error().fault == Fault::too_large);
}

}  // namespace
}  // namespace fairlead::client
