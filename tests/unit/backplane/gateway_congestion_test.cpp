// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "unit/backplane/gateway_rig.h"
#include "unit/backplane/rig.h"

/// A peer that does not read: ZeroMQ's queue for it is full, and sending would block.
namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::GatewayRig;
using test::Peer;

Options wide_window() {
    Options options = GatewayRig::free_port();
    options.event_window_bytes = 256 * 1024 * 1024;
    options.event_queue_bytes = 256 * 1024 * 1024;
    return options;
}

core::Emitted emit(GatewayRig& rig) {
    core::Event event;
    event.topic = "t";
    event.payload = std::string("\xda\x03\xe8") + std::string(1000, 'x');
    return rig.gateway->emit(std::move(event));
}

/// Emits events, one message each, until one has to wait because the link is congested. How many.
int fill(GatewayRig& rig) {
    for (int events = 1; events < 100'000; ++events) {
        if (emit(rig).queued > 0) return events;
        rig.gateway->on_turn();
    }
    throw std::runtime_error("the link takes all");
}

TEST_CASE("events wait for a peer that does not read, and none is lost", "[gateway][congestion]") {
    GatewayRig rig(wide_window());
    Peer slow(rig.endpoint(), 1, true);
    rig.join(slow, "slow", {}, {{"t", ""}});
    rig.peers.clear();
    int events = fill(rig);
    REQUIRE(events > 4096);
    rig.peers.push_back(&slow);
    std::size_t wanted = static_cast<std::size_t>(events);
    REQUIRE(rig.run_until([&] {
        rig.gateway->tick();
        return slow.count<wire::Event>() == wanted;
    }));
    REQUIRE(rig.gateway->counts().events.dropped == 0);
    REQUIRE(rig.gateway->counts().links == 1);
}

TEST_CASE("a request that cannot be sent goes to another instance", "[gateway][congestion][retry]") {
    GatewayRig rig(wide_window());
    rig.connect_client();
    Peer slow(rig.endpoint(), 1, true), other(rig.endpoint(), 2);
    rig.join(slow, "s", {endpoint("a", 100'000)}, {{"t", ""}});
    rig.peers.clear();
    // A request in each turn, until one is in the batch of the turn that finds the link congested.
    for (std::uint32_t id = 1; rig.gateway->counts().requests.retried == 0; ++id) {
        REQUIRE(id < 100'000);
        rig.client_calls("a", id);
        emit(rig);
        rig.gateway->on_turn();
    }
    std::size_t waits = rig.gateway->instances().at(0).topics.at(0).queued;
    REQUIRE(waits > 0);
    rig.join(other, "s", {endpoint("a")});
    REQUIRE(rig.run_until([&] { return other.count<wire::Request>() == waits; }));
}

TEST_CASE("a peer that never reads is cut when its backlog is too large", "[gateway][congestion]") {
    Options options = wide_window();
    options.max_backlog_bytes = 100'000;
    GatewayRig rig(options);
    Peer slow(rig.endpoint(), 1, true);
    rig.join(slow, "slow", {}, {{"t", ""}});
    rig.peers.clear();
    fill(rig);
    // What is its own cannot be given to others: acknowledgements.
    for (int i = 0; rig.gateway->counts().links == 1; ++i) {
        REQUIRE(i < 1'000'000);
        wire::Control nothing;
        nothing.id = 1;
        if (slow.can_send()) slow.send(nothing);
        rig.gateway->on_turn();
    }
    REQUIRE(rig.log.has("it does not read what it is sent"));
}

}  // namespace
}  // namespace fairlead::backplane
