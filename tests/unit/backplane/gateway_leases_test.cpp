// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "unit/backplane/gateway_rig.h"
#include "unit/backplane/rig.h"

/// Windows that change, and keys with owners, over real sockets.
namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::GatewayRig;
using test::Peer;
using test::Received;

wire::Endpoint owned() {
    wire::Endpoint frame = endpoint("board.*");
    frame.route_by = "segment:1";
    frame.owner = true;
    return frame;
}

const wire::Lease& lease_of(const Received& received) {
    return std::get<wire::Lease>(received.frame);
}
wire::CallId call_of(const Received& received) {
    return std::get<wire::Request>(received.frame).call;
}

/// The lease is the first of lease and request that came.
bool lease_is_first(const Peer& peer) {
    for (const Received& received : peer.inbox) {
        if (std::holds_alternative<wire::Lease>(received.frame)) return true;
        if (std::holds_alternative<wire::Request>(received.frame)) return false;
    }
    return false;
}

TEST_CASE("a window frame lets more requests through", "[gateway][window]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "s", {endpoint("a", 1)});
    rig.connect_client();
    for (std::uint32_t id = 1; id <= 3; ++id)
        rig.client_calls("a", id);
    rig.next<wire::Request>(peer);
    rig.settle();
    REQUIRE(peer.count<wire::Request>() == 0);
    peer.send(wire::Window{"a", 2});
    rig.next<wire::Request>(peer);
    rig.settle();
    REQUIRE(peer.count<wire::Request>() == 0);
    REQUIRE(rig.gateway->instances()[0].topics[0].window == 2);
    peer.send(wire::Window{"b", 2});
    rig.settle();
    REQUIRE(rig.gateway->counts().requests.ignored == 1);
}

TEST_CASE("an owner is told before the request, and confirms the end at its drain", "[gateway][leases]") {
    GatewayRig rig;
    Peer a(rig.endpoint(), 1);
    rig.join(a, "s", {owned()});
    rig.connect_client();
    rig.client_calls("board.7", 1);
    REQUIRE(rig.run_until([&] { return a.count<wire::Request>() == 1; }));
    REQUIRE(lease_is_first(a));
    const Received granted = rig.next<wire::Lease>(a);
    REQUIRE(lease_of(granted).topic == "board.*");
    REQUIRE(lease_of(granted).key == "7");
    REQUIRE(lease_of(granted).held);
    a.send(wire::Reply{call_of(rig.next<wire::Request>(a))}, "\x01");

    Peer b(rig.endpoint(), 2);
    rig.join(b, "s", {owned()});
    a.send(wire::Drain{});
    const Received ended = rig.next<wire::Lease>(a);
    REQUIRE(lease_of(ended).fence == lease_of(granted).fence);
    REQUIRE_FALSE(lease_of(ended).held);
    rig.next<wire::Drain>(a);
    rig.client_calls("board.7", 2);
    rig.settle();
    REQUIRE(b.inbox.empty());
    a.send(wire::Release{"board.*", "7", lease_of(granted).fence});
    rig.next<wire::Request>(b);
    REQUIRE(lease_of(rig.next<wire::Lease>(b)).fence > lease_of(granted).fence);
}

TEST_CASE("an owner that is back on a new connection is told again before any request", "[gateway][leases]") {
    GatewayRig rig;
    Peer first(rig.endpoint(), 1);
    wire::Endpoint frame = owned();
    frame.window = 1;
    rig.join(first, "s", {frame});
    rig.connect_client();
    rig.client_calls("board.7", 1);
    rig.client_calls("board.7", 2);
    const Received granted = rig.next<wire::Lease>(first);
    rig.next<wire::Request>(first);

    // It lost the first request with the old connection, so the second, which waited, can go.
    Peer second(rig.endpoint(), 1);
    rig.greet(second, "s", {frame});
    rig.next<wire::Welcome>(second);
    REQUIRE(rig.run_until([&] { return second.count<wire::Request>() == 1; }));
    REQUIRE(lease_is_first(second));
    second.send(wire::Claim{"board.*", "7", lease_of(granted).fence});
    for (int i = 0; i < 2; ++i) {
        const Received told = rig.next<wire::Lease>(second);
        REQUIRE(lease_of(told).held);
        REQUIRE(lease_of(told).fence == lease_of(granted).fence);
    }
}

TEST_CASE("a claim of a broker before this one is taken up with a larger fence", "[gateway][leases]") {
    GatewayRig rig;
    Peer a(rig.endpoint(), 1), b(rig.endpoint(), 2);
    rig.join(a, "s", {owned()});
    rig.join(b, "s", {owned()});
    const std::uint64_t old = std::uint64_t{1'700'000'000'500} << 20;
    a.send(wire::Claim{"board.*", "7", old});
    const Received taken = rig.next<wire::Lease>(a);
    REQUIRE(lease_of(taken).held);
    REQUIRE(lease_of(taken).fence > old);
    b.send(wire::Claim{"board.*", "7", old - 1});
    const Received refused = rig.next<wire::Lease>(b);
    REQUIRE_FALSE(lease_of(refused).held);
    REQUIRE(lease_of(refused).fence == old - 1);
    rig.connect_client();
    rig.client_calls("board.7", 1);
    rig.next<wire::Request>(a);
    REQUIRE(rig.gateway->counts().requests.leases == 1);
}

TEST_CASE("a request without the key of an owner is refused without a tick", "[gateway][leases]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    wire::Endpoint frame = owned();
    frame.route_by = "header:board";
    rig.join(peer, "s", {frame});
    rig.connect_client();
    rig.client_calls("board.7", 9);
    REQUIRE(rig.run_until([&] { return rig.edge.last<core::Failed>() != nullptr; }));
    REQUIRE(rig.edge.last<core::Failed>()->failure.code == 107);
}

TEST_CASE("the keys of an owner that is silent for too long are free", "[gateway][leases]") {
    GatewayRig rig;
    Peer a(rig.endpoint(), 1);
    rig.join(a, "s", {owned()});
    rig.connect_client();
    rig.client_calls("board.7", 1);
    rig.next<wire::Request>(a);
    rig.pass(4s);
    REQUIRE(rig.run_until([&] { return rig.gateway->counts().links == 0; }));
    REQUIRE(rig.gateway->counts().requests.leases == 0);
    Peer b(rig.endpoint(), 2);
    rig.join(b, "s", {owned()});
    rig.client_calls("board.7", 2);
    rig.next<wire::Request>(b);
}

}  // namespace
}  // namespace fairlead::backplane
