// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "unit/backplane/gateway_rig.h"
#include "unit/backplane/rig.h"

/// Greeting, heartbeats, eviction, goodbye: the life of a link, over real sockets.
namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::GatewayRig;
using test::Peer;
using test::Received;

const wire::Welcome& welcome_of(const Received& received) {
    return std::get<wire::Welcome>(received.frame);
}

TEST_CASE("a greeting is answered with a welcome", "[gateway]") {
    Options options = GatewayRig::free_port();
    options.version = "9.9";
    GatewayRig rig(options);
    Peer peer(rig.endpoint());
    Received received = rig.join(peer, "orders", {endpoint("orders.create")});
    const wire::Welcome& welcome = welcome_of(received);
    REQUIRE(welcome.boot == rig.broker->boot());
    REQUIRE(welcome.tag == rig.broker->tag());
    REQUIRE(welcome.version == "9.9");
    REQUIRE(welcome.heartbeat == 1s);
    REQUIRE(welcome.dead_after == 3s);
    REQUIRE(welcome.byte_window == 1024 * 1024);
    REQUIRE(welcome.max_payload_bytes == 256 * 1024);
    REQUIRE(rig.gateway->instances().size() == 1);
    REQUIRE(rig.gateway->instances()[0].service == "orders");
    REQUIRE(rig.gateway->instances()[0].topics[0].pattern == "orders.create");
    REQUIRE(rig.log.has("a service joined"));
}

TEST_CASE("a topic of another service is refused with a reason", "[gateway]") {
    GatewayRig rig;
    Peer first(rig.endpoint(), 1), second(rig.endpoint(), 2);
    rig.join(first, "orders", {endpoint("orders.create")});
    rig.greet(second, "billing", {endpoint("orders.create")});
    Received received = rig.next<wire::Refusal>(second);
    REQUIRE(std::get<wire::Refusal>(received.frame).code == 103);
    REQUIRE(std::get<wire::Refusal>(received.frame).reason ==
            "topic `orders.create` belongs to service `orders`");
    REQUIRE(rig.gateway->counts().links == 1);
    REQUIRE(rig.gateway->counts().refused == 1);
}

TEST_CASE("a peer that is not known is asked who it is, now and then", "[gateway]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.peers.push_back(&peer);
    for (int i = 0; i < 5; ++i)
        peer.send(wire::Heartbeat{});
    Received received = rig.next<wire::Who>(peer);
    REQUIRE(std::get<wire::Who>(received.frame).boot == rig.broker->boot());
    REQUIRE(rig.run_until([&] { return rig.gateway->counts().strangers == 5; }));
    rig.pass(250ms);
    peer.send(wire::Heartbeat{});
    rig.next<wire::Who>(peer);
    REQUIRE(peer.count<wire::Who>() == 0);
}

TEST_CASE("heartbeats go out each second and theirs are kept", "[gateway]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    rig.pass(1000ms);
    Received received = rig.next<wire::Heartbeat>(peer);
    REQUIRE(std::get<wire::Heartbeat>(received.frame).boot == rig.broker->boot());
    peer.send(wire::Heartbeat{{}, 3, 2, 70ms, 0});
    rig.settle();
    InstanceView view = rig.gateway->instances().at(0);
    REQUIRE(view.reported_in_flight == 3);
    REQUIRE(view.reported_queued == 2);
    REQUIRE(view.reported_oldest == 70ms);
}

TEST_CASE("a silent instance is evicted, one that speaks is not", "[gateway]") {
    Options options = GatewayRig::free_port();
    options.dead_after = 300ms;
    GatewayRig rig(options);
    Peer silent(rig.endpoint(), 1), alive(rig.endpoint(), 2);
    rig.join(silent, "orders", {endpoint("a")});
    rig.join(alive, "billing", {endpoint("b")});
    rig.pass(200ms);
    alive.send(wire::Heartbeat{});
    alive.send(wire::Control{});
    REQUIRE(rig.run_until([&] { return rig.gateway->counts().controls == 1; }));
    rig.pass(110ms);
    REQUIRE(rig.gateway->instances().size() == 1);
    REQUIRE(rig.gateway->instances()[0].service == "billing");
    REQUIRE(rig.gateway->counts().lost == 1);
    REQUIRE(rig.log.has("it was silent for too long"));
    // Its topic is free, and it is a stranger now.
    silent.send(wire::Heartbeat{});
    rig.next<wire::Who>(silent);
    rig.join(silent, "orders", {endpoint("a")});
}

TEST_CASE("nobody is declared dead before the input was read", "[gateway]") {
    Options options = GatewayRig::free_port();
    options.dead_after = 300ms;
    GatewayRig rig(options);
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    peer.send(wire::Heartbeat{});
    // The heartbeat is at the socket, but no turn read it.
    for (int i = 0; i < 10'000'000 && !rig.gateway->input_waits(); ++i)
        continue;
    REQUIRE(rig.gateway->input_waits());
    for (int i = 0; i < 31; ++i) {
        rig.clock.advance(10ms);
        rig.gateway->tick();
    }
    rig.gateway->on_turn();
    REQUIRE(rig.gateway->counts().links == 1);
}

TEST_CASE("an idle peer whose connection ends is noticed by the next heartbeat", "[gateway]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a")});
    peer.close();
    rig.peers.clear();
    REQUIRE(rig.run_until([&] {
        rig.pass(1000ms);
        return rig.gateway->counts().links == 0;
    }));
    REQUIRE(rig.log.has("its connection ended"));
}

TEST_CASE("drain is confirmed, goodbye too, and then the topic is free", "[gateway]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a")});
    peer.send(wire::Drain{});
    rig.next<wire::Drain>(peer);
    REQUIRE(rig.gateway->instances()[0].draining);
    rig.connect_client();
    rig.client_calls("a", 7);
    REQUIRE(rig.edge.last<core::Failed>()->failure.code == 104);
    peer.send(wire::Goodbye{"bye"});
    rig.next<wire::Goodbye>(peer);
    REQUIRE(rig.gateway->counts().links == 0);
    REQUIRE(rig.gateway->counts().lost == 0);
}

TEST_CASE("an instance that comes back on a new connection keeps link and requests", "[gateway][takeover]") {
    GatewayRig rig;
    rig.connect_client();
    Peer first(rig.endpoint(), 1);
    rig.join(first, "orders", {endpoint("a")});
    core::LinkId link = rig.gateway->instances().at(0).link;
    rig.client_calls("a", 1);
    rig.client_calls("a", 2);
    wire::CallId kept = std::get<wire::Request>(rig.next<wire::Request>(first).frame).call;
    wire::CallId lost = std::get<wire::Request>(rig.next<wire::Request>(first).frame).call;
    REQUIRE(kept != lost);

    Peer second(rig.endpoint(), 1);
    rig.greet(second, "orders", {endpoint("a")}, {}, {kept});
    rig.next<wire::Welcome>(second);
    REQUIRE(rig.gateway->instances().at(0).link == link);
    REQUIRE(rig.gateway->counts().takeovers == 1);
    const auto* failed = rig.edge.last<core::Failed>();
    REQUIRE(failed != nullptr);
    REQUIRE(failed->id == 2);
    REQUIRE(failed->failure.message.starts_with("outcome unknown"));
    REQUIRE_FALSE(failed->failure.temporary);

    second.send(wire::Reply{kept}, "\x05");
    REQUIRE(rig.run_until([&] { return rig.edge.last<core::Answered>() != nullptr; }));
    REQUIRE(rig.edge.last<core::Answered>()->id == 1);
    // The old connection is a stranger's now.
    first.send(wire::Heartbeat{});
    rig.next<wire::Who>(first);
}

TEST_CASE("a returned instance is told to stop what nobody waits for", "[gateway][takeover]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.greet(peer, "orders", {endpoint("a")}, {}, {42});
    rig.next<wire::Welcome>(peer);
    REQUIRE(std::get<wire::Cancel>(rig.next<wire::Cancel>(peer).frame).call == 42);
}

TEST_CASE("windows change with a new greeting over the same link", "[gateway]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a", 4)});
    rig.join(peer, "orders", {endpoint("a", 9)});
    REQUIRE(rig.gateway->instances().at(0).topics.at(0).window == 9);
    REQUIRE(rig.gateway->counts().takeovers == 0);
}

TEST_CASE("services are told when the broker stops", "[gateway]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    rig.gateway->stop();
    rig.next<wire::Goodbye>(peer);
    rig.connect_client();
    rig.client_calls("a", 1);
    REQUIRE(rig.edge.last<core::Failed>()->failure.code == 104);
}

}  // namespace
}  // namespace fairlead::backplane
