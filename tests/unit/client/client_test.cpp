// SPDX-License-Identifier: Apache-2.0
#include "client/client.h"

#include <catch2/catch.hpp>

#include "peer.h"

namespace fairlead::client {
namespace {

using namespace std::chrono_literals;
using test::Peer;
using test::PeerConnection;

constexpr auto kLong = 10s;

/// Accepts the upgrade and the connect command.
void welcome(PeerConnection& connection) {
    connection.accept_upgrade();
    connection.read_frame();
    connection.write_text(R"({"id":1,"connect":{"client":"c-1","version":"1","ping":25,"pong":true}})");
}

TEST_CASE("connect sends the token and keeps the client id", "[client]") {
    std::string command;
    {
        Peer peer([&](PeerConnection& connection) {
            connection.accept_upgrade();
            command = connection.read_frame();
            connection.write_text(R"({"id":1,"connect":{"client":"c-1"}})");
        });
        ClientOptions options;
        options.token = "a.b.c";
        options.data = R"({"k":1})";
        const auto client = Client::connect(peer.url(), options);
        REQUIRE(client);
        CHECK(client->id() == "c-1");
    }
    CHECK(command == R"({"connect":{"name":"fairlead","token":"a.b.c","data":{"k":1}},"id":1})");
}

TEST_CASE("a refused connect is an error with its number", "[client]") {
    Peer peer([](PeerConnection& connection) {
        connection.accept_upgrade();
        connection.read_frame();
        connection.write_text(R"({"id":1,"error":{"code":109,"message":"token expired"}})");
    });
    const auto client = Client::connect(peer.url());
    REQUIRE_FALSE(client);
    CHECK(client.error().fault == Fault::refused);
    CHECK(client.error().text.find("109 token expired") != std::string::npos);
}

TEST_CASE("a final close in place of the connect reply is a refusal", "[client]") {
    const auto fault_after = [](std::uint16_t code) {
        Peer peer([code](PeerConnection& connection) {
            connection.accept_upgrade();
            connection.read_frame();
            connection.write_frame(0x88, close_payload(code, "why"));
            connection.read_frame();
        });
        const auto client = Client::connect(peer.url());
        REQUIRE_FALSE(client);
        return client.error().fault;
    };
    CHECK(fault_after(3500) == Fault::refused);
    CHECK(fault_after(3001) == Fault::closed);
}

TEST_CASE("commands are written as the protocol wants them", "[client]") {
    std::vector<std::string> commands;
    {
        Peer peer([&](PeerConnection& connection) {
            welcome(connection);
            for (int i = 0; i < 5; ++i)
                commands.push_back(connection.read_frame());
            connection.write_text(R"({"id":2,"subscribe":{}})"
                                  "\n"
                                  R"({"id":3,"publish":{}})"
                                  "\n"
                                  R"({"id":4,"rpc":{"data":7}})"
                                  "\n"
                                  R"({"id":5,"unsubscribe":{}})");
        });
        auto client = Client::connect(peer.url());
        REQUIRE(client);
        const auto subscribe = client->begin("subscribe", R"({"channel":"a:b"})");
        const auto publish = client->begin("publish", R"({"channel":"a:b","data":1})");
        const auto rpc = client->begin("rpc", R"({"method":"t","data":2})");
        REQUIRE(client->send("3"));
        REQUIRE(client->unsubscribe("a\"b"));
        CHECK(number_of(*client->finish(*rpc)->result("rpc"), "data") == 7);
        CHECK(client->finish(*subscribe)->error().code == 0);
        CHECK(client->finish(*publish)->result("publish") != nullptr);
    }
    REQUIRE(commands.size() == 5);
    CHECK(commands[0] == R"({"subscribe":{"channel":"a:b"},"id":2})");
    CHECK(commands[3] == R"({"send":{"data":3}})");
    CHECK(commands[4] == R"({"unsubscribe":{"channel":"a\"b"},"id":5})");
}

TEST_CASE("an error reply is a reply", "[client]") {
    Peer peer([](PeerConnection& connection) {
        welcome(connection);
        connection.read_frame();
        connection.write_text(
            R"({"id":2,"error":{"code":104,"message":"method not found","temporary":true}})");
    });
    auto client = Client::connect(peer.url());
    REQUIRE(client);
    const auto reply = client->rpc("no.such", "null");
    REQUIRE(reply);
    CHECK(reply->error().code == 104);
    CHECK(reply->error().message == "method not found");
    CHECK(reply->error().temporary);
}

TEST_CASE("pings are answered and pushes kept in order", "[client]") {
    std::string pong;
    {
        Peer peer([&](PeerConnection& connection) {
            welcome(connection);
            connection.write_text(R"({"push":{"channel":"a","pub":{"data":1,"offset":1}}})"
                                  "\n{}\n"
                                  R"({"push":{"channel":"b","pub":{"data":2}}})");
            pong = connection.read_frame();
        });
        auto client = Client::connect(peer.url());
        REQUIRE(client);
        const auto first = client->next_push(kLong);
        REQUIRE(first);
        CHECK(first->channel() == "a");
        CHECK(number_of(*first->publication(), "offset") == 1);
        CHECK(client->next_push(kLong)->channel() == "b");
    }
    CHECK(pong == "{}");
}

TEST_CASE("the close of the server ends a waiting call with its reason", "[client]") {
    Peer peer([](PeerConnection& connection) {
        welcome(connection);
        connection.read_frame();
        connection.write_frame(0x88, close_payload(3501, "bad request"));
        connection.read_frame();
    });
    auto client = Client::connect(peer.url());
    REQUIRE(client);
    const auto reply = client->rpc("t", "1");
    REQUIRE_FALSE(reply);
    CHECK(reply.error().fault == Fault::closed);
    CHECK(reply.error().text.find("3501 bad request") != std::string::npos);
    CHECK(client->wait_close(0ms)->close_code == 3501);
}

TEST_CASE("a reply that never comes is a timeout", "[client]") {
    Peer peer([](PeerConnection& connection) {
        welcome(connection);
        connection.read_frame();
        connection.read_frame();
    });
    ClientOptions options;
    options.timeout = 50ms;
    auto client = Client::connect(peer.url(), options);
    REQUIRE(client);
    const auto reply = client->rpc("t", "1");
    REQUIRE_FALSE(reply);
    CHECK(reply.error().fault == Fault::timeout);
}

TEST_CASE("an empty line between replies is a fault of the server", "[client]") {
    CHECK(parse_replies("{}\n{}")->size() == 2);
    CHECK_FALSE(parse_replies("{}\n"));
    CHECK_FALSE(parse_replies(""));
    CHECK_FALSE(parse_replies("{}\n\n{}"));
    CHECK_FALSE(parse_replies("[]"));
    CHECK_FALSE(parse_replies("{} {}"));
}

}  // namespace
}  // namespace fairlead::client
