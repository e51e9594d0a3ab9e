// SPDX-License-Identifier: Apache-2.0
#include "edge/heartbeat.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using fairlead::base::ManualClock;
using fairlead::edge::Frame;
using fairlead::edge::Heartbeat;
using fairlead::edge::Opcode;
using fairlead::edge::Options;
using fairlead::edge::Outbox;

namespace {

struct Client {
    ManualClock clock;
    Options options;
    Outbox outbox;
    Heartbeat heartbeat;

    Client() { heartbeat.start(clock.now(), 10s); }
    Heartbeat::Act look() { return heartbeat.check(clock.now(), options, outbox); }
    Heartbeat::Act look_when_due() {
        clock.advance(heartbeat.next() - clock.now());
        return look();
    }
    void ping() {
        outbox.push(Frame::make(Opcode::text, "{}"));
        heartbeat.sent(clock.now(), options, outbox);
    }
};

}  // namespace

TEST_CASE("a client that answers is pinged every interval", "[edge][heartbeat]") {
    Client client;
    CHECK(client.look() == Heartbeat::Act::wait);
    for (int i = 0; i < 3; ++i) {
        REQUIRE(client.look_when_due() == Heartbeat::Act::ping);
        auto sent_at = client.clock.now();
        client.ping();
        client.outbox.consumed(client.outbox.bytes());
        client.clock.advance(1s);
        REQUIRE(client.heartbeat.pong(client.options));
        CHECK(client.heartbeat.next() - sent_at == 25s);
    }
}

TEST_CASE("a client that does not answer is dead after the pong timeout", "[edge][heartbeat]") {
    Client client;
    REQUIRE(client.look_when_due() == Heartbeat::Act::ping);
    client.ping();
    client.outbox.consumed(client.outbox.bytes());
    client.clock.advance(client.options.pong_timeout - 1ms);
    CHECK(client.look() == Heartbeat::Act::wait);
    client.clock.advance(1ms);
    CHECK(client.look() == Heartbeat::Act::dead);
}

TEST_CASE("the client's time starts when the ping has left the queue", "[edge][heartbeat]") {
    Client client;
    REQUIRE(client.look_when_due() == Heartbeat::Act::ping);
    client.ping();
    for (int i = 0; i < 5; ++i) CHECK(client.look_when_due() == Heartbeat::Act::wait);
    client.outbox.consumed(client.outbox.bytes());
    CHECK(client.look_when_due() == Heartbeat::Act::wait);
    CHECK(client.look_when_due() == Heartbeat::Act::dead);
}

TEST_CASE("a pong without a ping is told", "[edge][heartbeat]") {
    Client client;
    CHECK_FALSE(client.heartbeat.pong(client.options));
}
