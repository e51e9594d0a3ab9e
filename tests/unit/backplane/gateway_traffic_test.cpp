// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <set>

#include "unit/backplane/gateway_rig.h"
#include "unit/backplane/rig.h"

/// Requests, events, publications and control, over real sockets.
namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::GatewayRig;
using test::Peer;
using test::Received;

const wire::Request& request_of(const Received& received) {
    return std::get<wire::Request>(received.frame);
}
const wire::Ack& ack_of(const Received& received) {
    return std::get<wire::Ack>(received.frame);
}

TEST_CASE("a client's request reaches an instance and the reply comes back", "[gateway][request]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("orders.create")});
    std::string client = rig.connect_client();
    rig.client_calls("orders.create", 7, "\x2a");
    Received received = rig.next<wire::Request>(peer);
    const wire::Request& request = request_of(received);
    REQUIRE(request.topic == "orders.create");
    REQUIRE(request.caller.client == client);
    REQUIRE(request.caller.service.empty());
    REQUIRE(request.deadline == 4000ms);
    REQUIRE(request.attempt == 1);
    REQUIRE(received.payload == "\x2a");
    peer.send(wire::Reply{request.call}, "\x2b");
    REQUIRE(rig.run_until([&] { return rig.edge.last<core::Answered>() != nullptr; }));
    REQUIRE(rig.edge.last<core::Answered>()->id == 7);
    REQUIRE(rig.edge.last<core::Answered>()->payload == "\x2b");
}

TEST_CASE("an error of the handler is the caller's", "[gateway][request]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a")});
    rig.connect_client();
    rig.client_calls("a", 7);
    wire::CallId call = request_of(rig.next<wire::Request>(peer)).call;
    peer.send(wire::Error{call, 1422, "qty must be positive", false});
    REQUIRE(rig.run_until([&] { return rig.edge.last<core::Failed>() != nullptr; }));
    REQUIRE(rig.edge.last<core::Failed>()->failure.code == 1422);
    REQUIRE(rig.edge.last<core::Failed>()->failure.message == "qty must be positive");
}

TEST_CASE("a reply that is no value is an internal error", "[gateway][request]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a")});
    rig.connect_client();
    rig.client_calls("a", 7);
    wire::CallId call = request_of(rig.next<wire::Request>(peer)).call;
    peer.send(wire::Reply{call}, "\xdd\xff\xff\xff\xff");
    REQUIRE(rig.run_until([&] { return rig.edge.last<core::Failed>() != nullptr; }));
    REQUIRE(rig.edge.last<core::Failed>()->failure.code == 100);
    REQUIRE_FALSE(rig.edge.last<core::Failed>()->failure.temporary);
    REQUIRE(rig.gateway->counts().bad_payloads == 1);
}

TEST_CASE("a service asks another, as itself or for a client", "[gateway][request]") {
    GatewayRig rig;
    Peer shop(rig.endpoint(), 1), stock(rig.endpoint(), 2);
    rig.join(shop, "shop");
    rig.join(stock, "stock", {endpoint("stock.reserve")});
    wire::Request ask;
    ask.call = 77;
    ask.topic = "stock.reserve";
    ask.deadline = 1500ms;
    ask.headers = {{"tenant", "t1"}};
    ask.trace = "00-trace";
    ask.caller.service = "liar";
    SECTION("as itself") {}
    SECTION("for a client") {
        ask.caller.client = "c1";
        ask.caller.user = "u1";
    }
    shop.send(ask, "\x01");
    Received received = rig.next<wire::Request>(stock);
    const wire::Request& request = request_of(received);
    REQUIRE(request.caller.service == "shop");
    REQUIRE(request.caller.client == ask.caller.client);
    REQUIRE(request.caller.user == ask.caller.user);
    REQUIRE(request.deadline == 1500ms);
    REQUIRE(request.headers == ask.headers);
    REQUIRE(request.trace == "00-trace");
    stock.send(wire::Reply{request.call}, "\x02");
    Received reply = rig.next<wire::Reply>(shop);
    REQUIRE(std::get<wire::Reply>(reply.frame).call == 77);
    REQUIRE(reply.payload == "\x02");
}

TEST_CASE("a service's request that nobody handles is answered at once", "[gateway][request]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "shop");
    wire::Request ask;
    ask.call = 5;
    ask.topic = "nobody";
    peer.send(ask, "\x01");
    Received received = rig.next<wire::Error>(peer);
    REQUIRE(std::get<wire::Error>(received.frame).call == 5);
    REQUIRE(std::get<wire::Error>(received.frame).code == 104);
}

TEST_CASE("a service's cancel goes on to the instance", "[gateway][request]") {
    GatewayRig rig;
    Peer shop(rig.endpoint(), 1), stock(rig.endpoint(), 2);
    rig.join(shop, "shop");
    rig.join(stock, "stock", {endpoint("stock.reserve")});
    wire::Request ask;
    ask.call = 5;
    ask.topic = "stock.reserve";
    shop.send(ask, "\x01");
    wire::CallId call = request_of(rig.next<wire::Request>(stock)).call;
    SECTION("when it says so") {
        shop.send(wire::Cancel{5});
    }
    SECTION("when it leaves") {
        shop.send(wire::Goodbye{});
    }
    REQUIRE(std::get<wire::Cancel>(rig.next<wire::Cancel>(stock).frame).call == call);
}

TEST_CASE("the deadline cancels, and the late answer is dropped and counted", "[gateway][request]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a")});
    rig.connect_client();
    rig.client_calls("a", 7);
    wire::CallId call = request_of(rig.next<wire::Request>(peer)).call;
    for (int i = 0; i < 5; ++i) {
        rig.pass(1000ms);
        peer.send(wire::Heartbeat{});
        rig.settle();
    }
    REQUIRE(std::get<wire::Cancel>(rig.next<wire::Cancel>(peer).frame).call == call);
    REQUIRE(rig.edge.last<core::Failed>()->id == 7);
    peer.send(wire::Reply{call}, "\x01");
    rig.settle();
    REQUIRE(rig.gateway->counts().requests.late == 1);
    REQUIRE(rig.edge.last<core::Failed>() != nullptr);
}

TEST_CASE("an instance that dies with a request: unknown, or another gets it", "[gateway][retry]") {
    bool idempotent = GENERATE(false, true);
    GatewayRig rig;
    Peer dies(rig.endpoint(), 1);
    rig.join(dies, "orders", {endpoint("a", 8, idempotent)});
    rig.connect_client();
    rig.client_calls("a", 7);
    wire::CallId call = request_of(rig.next<wire::Request>(dies)).call;
    Peer lives(rig.endpoint(), 2);
    rig.join(lives, "orders", {endpoint("a", 8, idempotent)});
    std::erase(rig.peers, &dies);
    dies.close();
    // Probes find out well before the silence would.
    int turns = 0;
    REQUIRE(rig.run_until([&] {
        if (++turns % 20 == 0) rig.pass(10ms);
        return rig.gateway->counts().links == 1;
    }));
    if (idempotent) {
        Received received = rig.next<wire::Request>(lives);
        REQUIRE(request_of(received).call == call);
        REQUIRE(request_of(received).attempt == 2);
    } else {
        REQUIRE(rig.edge.last<core::Failed>()->failure.code == 100);
        REQUIRE(rig.edge.last<core::Failed>()->failure.message.starts_with("outcome unknown"));
    }
}

TEST_CASE("a returned request goes to another instance", "[gateway][retry]") {
    GatewayRig rig;
    Peer first(rig.endpoint(), 1), second(rig.endpoint(), 2);
    rig.join(first, "orders", {endpoint("a")});
    rig.connect_client();
    rig.client_calls("a", 7);
    wire::CallId call = request_of(rig.next<wire::Request>(first)).call;
    rig.join(second, "orders", {endpoint("a")});
    first.send(wire::Returned{call, wire::ReturnReason::full});
    REQUIRE(request_of(rig.next<wire::Request>(second)).call == call);
}

TEST_CASE("all that a turn has for a peer goes as few messages", "[gateway][batch]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a", 1000)});
    rig.connect_client();
    std::size_t before = peer.messages;
    for (std::uint32_t id = 1; id <= 100; ++id)
        rig.client_calls("a", id);
    REQUIRE(rig.run_until([&] { return peer.count<wire::Request>() == 100; }));
    REQUIRE(peer.messages - before == 2);
    std::set<wire::CallId> calls;
    while (auto received = peer.take<wire::Request>()) {
        wire::CallId call = request_of(*received).call;
        REQUIRE((calls.empty() || *calls.rbegin() < call));
        calls.insert(call);
    }
    REQUIRE(calls.size() == 100);
}

TEST_CASE("a message of 64 pairs is taken whole", "[gateway][batch]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    std::vector<std::string> parts;
    for (std::uint64_t id = 1; id <= 64; ++id) {
        std::string header;
        wire::Publication frame;
        frame.id = id;
        frame.channel = "news";
        wire::write(frame, header);
        parts.push_back(header);
        parts.push_back("\x01");
    }
    peer.send_parts(parts);
    REQUIRE(rig.run_until([&] { return peer.count<wire::Ack>() == 64; }));
    REQUIRE(rig.gateway->counts().publications == 64);
}

TEST_CASE("events reach each group once, and the emitter hears how many", "[gateway][event]") {
    GatewayRig rig;
    Peer a(rig.endpoint(), 1), b(rig.endpoint(), 2), c(rig.endpoint(), 3);
    rig.join(a, "orders");
    rig.join(b, "billing", {}, {{"orders.>", ""}});
    rig.join(c, "audit", {}, {{"orders.*", "watchers"}});
    wire::Event event;
    event.id = 4;
    event.topic = "orders.created";
    event.headers = {{"h", "v"}};
    // Small ones are copied, large ones shared.
    std::string text = GENERATE(std::string(10, 'x'), std::string(10'000, 'x'));
    std::string payload =
        "\xda" + std::string{static_cast<char>(text.size() >> 8), static_cast<char>(text.size())} + text;
    a.send(event, payload);
    Received for_b = rig.next<wire::Event>(b);
    Received for_c = rig.next<wire::Event>(c);
    REQUIRE(std::get<wire::Event>(for_b.frame).group == "billing");
    REQUIRE(std::get<wire::Event>(for_b.frame).caller.service == "orders");
    REQUIRE(std::get<wire::Event>(for_b.frame).headers == event.headers);
    REQUIRE(std::get<wire::Event>(for_c.frame).group == "watchers");
    REQUIRE(for_b.payload == payload);
    REQUIRE(for_c.payload == payload);
    Received ack = rig.next<wire::Ack>(a);
    REQUIRE(ack_of(ack).id == 4);
    REQUIRE(ack_of(ack).code == 0);
    REQUIRE(ack_of(ack).reached == 2);
    REQUIRE(ack_of(ack).taken_bytes == payload.size());
}

TEST_CASE("an event on a reserved or invalid topic is refused", "[gateway][event]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    wire::Event event;
    event.id = 4;
    auto [topic, code] =
        GENERATE(table<std::string, std::uint32_t>({{"_session.opened", 103}, {"a..b", 107}}));
    event.topic = topic;
    peer.send(event, "\x01");
    REQUIRE(ack_of(rig.next<wire::Ack>(peer)).code == code);
}

TEST_CASE("a publication is delivered and acknowledged", "[gateway][publish]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    rig.connect_client();
    rig.broker->handle(core::Subscribe{core::ClientKey{0, 1, 1}, 2, "shop:feed", {}});
    wire::Publication frame;
    frame.id = 3;
    frame.channel = "shop:feed";
    frame.tags = {{"name", "my-orders"}};
    peer.send(frame, "\x2a");
    Received ack = rig.next<wire::Ack>(peer);
    REQUIRE(ack_of(ack).code == 0);
    REQUIRE(ack_of(ack).reached == 1);
    const core::Deliver* delivered = rig.edge.last<core::Deliver>();
    REQUIRE(delivered != nullptr);
    REQUIRE((*delivered)->channel == "shop:feed");
    REQUIRE((*delivered)->data.encoding == core::Encoding::msgpack);
    REQUIRE((*delivered)->data.bytes == "\x2a");
    REQUIRE((*delivered)->tags == core::Tags{{"name", "my-orders"}});
}

TEST_CASE("a publication that cannot be used says so and reaches nobody", "[gateway][publish]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    wire::Publication frame;
    frame.id = 3;
    frame.channel = "shop:feed";
    SECTION("payload") {
        peer.send(frame, "\x93\x01");
    }
    SECTION("depth") {
        peer.send(frame, std::string(100, '\x91') + "\x01");
    }
    // Clients speak JSON: acknowledged and then not delivered would be a loss that nobody hears of.
    SECTION("binary, which has no JSON form") {
        peer.send(frame, std::string("\xc4\x01\x00", 3));
    }
    SECTION("no payload") {
        peer.send(frame, "");
    }
    SECTION("channel") {
        frame.channel = "no spaces";
        peer.send(frame, "\x01");
    }
    Received ack = rig.next<wire::Ack>(peer);
    REQUIRE(ack_of(ack).code != 0);
    REQUIRE_FALSE(ack_of(ack).message.empty());
}

TEST_CASE("taken bytes are told at half a window without any ack", "[gateway][publish]") {
    Options options = GatewayRig::free_port();
    options.byte_window = 1000;
    GatewayRig rig(options);
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    wire::Publication frame;
    frame.channel = "shop:feed";
    std::string payload = "\xd9\x7f" + std::string(127, 'x');
    for (int i = 0; i < 4; ++i)
        peer.send(frame, payload);
    Received received = rig.next<wire::Heartbeat>(peer);
    REQUIRE(std::get<wire::Heartbeat>(received.frame).taken_bytes == 4 * payload.size());
}

TEST_CASE("a push reaches one client", "[gateway][push]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    std::string client = rig.connect_client();
    peer.send(wire::Push{1, client, {}}, "\x2a");
    REQUIRE(ack_of(rig.next<wire::Ack>(peer)).reached == 1);
    REQUIRE(rig.edge.last<core::Message>()->data.bytes == "\x2a");
    peer.send(wire::Push{2, "nobody", {}}, "\x2a");
    REQUIRE(ack_of(rig.next<wire::Ack>(peer)).code == 104);
}

TEST_CASE("a service disconnects a client", "[gateway][control]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    std::string client = rig.connect_client();
    wire::Control frame;
    frame.id = 1;
    frame.client = client;
    frame.code = 4001;
    frame.reason = "enough";
    peer.send(frame);
    REQUIRE(ack_of(rig.next<wire::Ack>(peer)).reached == 1);
    REQUIRE(rig.edge.last<core::CloseClient>()->code == 4001);
    REQUIRE(rig.edge.last<core::CloseClient>()->reason == "enough");
    frame.user = "both";
    peer.send(frame);
    REQUIRE(ack_of(rig.next<wire::Ack>(peer)).code == 107);
}

TEST_CASE("a service revokes what lets clients in", "[gateway][control]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    const auto revoke = [&](wire::Revoke frame) {
        frame.id = 1;
        peer.send(frame);
        return ack_of(rig.next<wire::Ack>(peer));
    };
    wire::Revoke frame;
    REQUIRE(revoke(frame).code == 107);
    frame.token = "t1";
    REQUIRE(revoke(frame).code == 0);
    frame.key = "blue";
    REQUIRE(revoke(frame).code == 107);
    frame.token = {};
    frame.user = "ann";
    REQUIRE(revoke(frame).code == 107);
    frame.key = {};
    frame.session = "s1";
    REQUIRE(revoke(frame).code == 0);
    REQUIRE(rig.gateway->counts().controls == 5);
}

}  // namespace
}  // namespace fairlead::backplane
