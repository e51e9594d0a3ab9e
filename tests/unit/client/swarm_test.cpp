// SPDX-License-Identifier: Apache-2.0
#include "client/swarm.h"

#include <catch2/catch.hpp>

#include "peer.h"

namespace fairlead::client {
namespace {

using namespace std::chrono_literals;
using test::Peer;
using test::PeerConnection;

struct Notes : SwarmListener {
    void opened(std::size_t connection) override { opened_list.push_back(connection); }
    void received(std::size_t, std::string_view reply) override { replies.emplace_back(reply); }
    void gone(std::size_t, std::string_view why) override { ends.emplace_back(why); }

    std::vector<std::size_t> opened_list;
    std::vector<std::string> replies;
    std::vector<std::string> ends;
};

template <class Condition>
bool turn_until(Swarm& swarm, Condition condition) {
    const Deadline deadline = Clock::now() + 10s;
    while (!condition()) {
        if (Clock::now() > deadline) return false;
        swarm.turn(100ms);
    }
    return true;
}

Swarm swarm_for(const Peer& peer, Notes& notes) {
    auto swarm = Swarm::create(*parse_url(peer.url()), notes);
    REQUIRE(swarm);
    swarm->open(1);
    return std::move(*swarm);
}

TEST_CASE("a swarm splits messages into replies, in any pieces, and answers pings", "[swarm]") {
    std::vector<std::string> frames;
    Notes notes;
    {
        Peer peer([&](PeerConnection& connection) {
            connection.accept_upgrade();
            frames.push_back(connection.read_frame());
            connection.write_text("{\"id\":1}\n{}\n{\"id\":2}");
            const std::string big = "{\"x\":\"" + std::string(3000, 'y') + "\"}";
            connection.write(std::string("\x81\x7e", 2));
            connection.write(std::string(1, static_cast<char>(big.size() >> 8)));
            connection.write(std::string(1, static_cast<char>(big.size() & 0xff)) + big.substr(0, 100));
            frames.push_back(connection.read_frame());  // the pong: what follows comes in another read
            connection.write(big.substr(100));
            connection.write_frame(0x89, "p");
            frames.push_back(connection.read_frame());
        });
        Swarm swarm = swarm_for(peer, notes);
        REQUIRE(turn_until(swarm, [&] { return notes.opened_list.size() == 1; }));
        swarm.send(0, Swarm::text_frame("hello"));
        REQUIRE(turn_until(swarm, [&] { return notes.replies.size() == 3; }));
        REQUIRE(turn_until(swarm, [&] { return !notes.ends.empty(); }));
    }
    CHECK(frames == std::vector<std::string>{"hello", "{}", "p"});
    CHECK(notes.replies[1] == "{\"id\":2}");
    CHECK(notes.replies[2].size() == 3008);
    CHECK(notes.ends[0] == "the server ended the connection");
}

TEST_CASE("what a full socket does not take goes out later, whole and in order", "[swarm]") {
    const std::string part(60000, 'z');
    constexpr int kParts = 200;  // more than the socket buffers of both ends hold
    int whole = 0;
    Notes notes;
    {
        Peer peer([&](PeerConnection& connection) {
            connection.accept_upgrade();
            connection.write_text("ready");
            for (int i = 0; i < kParts; ++i)
                whole += connection.read_frame() == part ? 1 : 0;
            connection.write_frame(0x88, std::string("\x03\xe8", 2) + "bye");
        });
        Swarm swarm = swarm_for(peer, notes);
        REQUIRE(turn_until(swarm, [&] { return notes.replies.size() == 1; }));
        for (int i = 0; i < kParts; ++i)
            swarm.send(0, Swarm::text_frame(part));
        REQUIRE(turn_until(swarm, [&] { return !notes.ends.empty(); }));
    }
    CHECK(whole == kParts);
    CHECK(notes.ends[0] == "closed 1000 bye");
}

TEST_CASE("a refused upgrade ends the connection with the status", "[swarm]") {
    Notes notes;
    Peer peer([](PeerConnection& connection) {
        connection.read_head();
        connection.write("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    });
    Swarm swarm = swarm_for(peer, notes);
    REQUIRE(turn_until(swarm, [&] { return !notes.ends.empty(); }));
    CHECK(notes.ends[0] == "HTTP 503 Service Unavailable");
    CHECK(notes.opened_list.empty());
}

TEST_CASE("a fragmented message is a fault", "[swarm]") {
    Notes notes;
    Peer peer([](PeerConnection& connection) {
        connection.accept_upgrade();
        connection.write_frame(0x01, "half");
        connection.read_frame();
    });
    Swarm swarm = swarm_for(peer, notes);
    REQUIRE(turn_until(swarm, [&] { return !notes.ends.empty(); }));
    CHECK(notes.ends[0].find("fragmented") != std::string::npos);
}

}  // namespace
}  // namespace fairlead::client
