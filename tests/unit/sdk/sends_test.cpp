// SPDX-License-Identifier: Apache-2.0
#include "unit/sdk/rig.h"

using namespace fairlead;
using namespace std::chrono_literals;
using fairlead::testing::pack;
using fairlead::testing::Rig;
using fairlead::testing::ScriptedBroker;

namespace {

template <typename F>
std::uint64_t id_of(const fairlead::testing::Received& received) {
    return received.as<F>().id;
}

wire::Ack accepted(std::uint64_t id) {
    wire::Ack ack;
    ack.id = id;
    return ack;
}

}  // namespace

TEST_CASE("a publication carries its options and its future the acknowledgement", "[sends]") {
    Rig rig;
    rig.link();
    Future<Published> published =
        rig.service.channel("shop:feed")
            .publish(5, PublishOptions{}.tag("kind", "trade").key("k").version(3).idempotency("i"));
    auto received = rig.broker.expect<wire::Publication>();
    const auto& frame = received.as<wire::Publication>();
    CHECK(frame.channel == "shop:feed");
    CHECK(frame.tags == wire::Pairs{{"kind", "trade"}});
    CHECK(frame.key == "k");
    CHECK(frame.version == 3);
    CHECK(frame.idempotency == "i");
    CHECK(received.payload() == pack(5));
    CHECK_FALSE(published.ready());
    CHECK(published.wait(0ms).error().code == 1);
    wire::Ack ack = accepted(frame.id);
    ack.offset = 12;
    ack.epoch = "e";
    ack.reached = 4;
    rig.broker.send(rig.peer, ack);
    Result<Published> outcome = published.wait();
    REQUIRE(outcome.ok());
    CHECK(outcome->offset == 12);
    CHECK(outcome->epoch == "e");
    CHECK(outcome->reached == 4);
    CHECK(published.ready());
    CHECK(published.wait().ok());
}

TEST_CASE("a user's publication goes to the user's channel with its name as a tag", "[sends]") {
    Rig rig;
    rig.link();
    rig.service.user("u7").publish("my-orders", 1);
    auto received = rig.broker.expect<wire::Publication>();
    CHECK(received.as<wire::Publication>().channel == "user:u7");
    CHECK(received.as<wire::Publication>().tags == wire::Pairs{{"name", "my-orders"}});
    CHECK(rig.service.user("").publish("x", 1).wait().error().code == 107);
}

TEST_CASE("an event says how many groups it reached", "[sends]") {
    Rig rig;
    rig.link();
    Future<Emitted> emitted =
        rig.service.emit("orders.created", 5, EmitOptions{}.header("tenant", "7").trace("00-t"));
    auto received = rig.broker.expect<wire::Event>();
    CHECK(received.as<wire::Event>().topic == "orders.created");
    CHECK(received.as<wire::Event>().headers == wire::Pairs{{"tenant", "7"}});
    CHECK(received.as<wire::Event>().trace == "00-t");
    wire::Ack ack = accepted(id_of<wire::Event>(received));
    ack.reached = 1;
    ack.queued = 2;
    ack.dropped = 3;
    rig.broker.send(rig.peer, ack);
    Result<Emitted> outcome = emitted.wait();
    REQUIRE(outcome.ok());
    CHECK(outcome->reached == 1);
    CHECK(outcome->queued == 2);
    CHECK(outcome->dropped == 3);
}

TEST_CASE("pushes and disconnects name their client or user", "[sends]") {
    Rig rig;
    rig.link();
    Future<Reached> pushed = rig.service.client("b1-c").push("hi");
    auto push = rig.broker.expect<wire::Push>();
    CHECK(push.as<wire::Push>().client == "b1-c");
    CHECK(push.payload() == pack("hi"));
    wire::Ack gone = accepted(id_of<wire::Push>(push));
    gone.code = 104;
    gone.message = "no such client";
    rig.broker.send(rig.peer, gone);
    CHECK(pushed.wait().error().message == "no such client");

    Future<Disconnected> one = rig.service.client("b1-c").disconnect(3503, "bye");
    auto control = rig.broker.expect<wire::Control>();
    CHECK(control.as<wire::Control>().action == wire::Action::disconnect);
    CHECK(control.as<wire::Control>().client == "b1-c");
    CHECK(control.as<wire::Control>().user.empty());
    CHECK(control.as<wire::Control>().code == 3503);
    CHECK(control.as<wire::Control>().reason == "bye");
    wire::Ack ack = accepted(id_of<wire::Control>(control));
    ack.reached = 1;
    rig.broker.send(rig.peer, ack);
    CHECK(one.wait()->reached == 1);

    rig.service.user("u7").disconnect();
    control = rig.broker.expect<wire::Control>();
    CHECK(control.as<wire::Control>().client.empty());
    CHECK(control.as<wire::Control>().user == "u7");
    CHECK(control.as<wire::Control>().code == 0);
}

TEST_CASE("a revocation says what is revoked, and answers with the clients that it met", "[sends]") {
    Rig rig;
    rig.link();
    auto token = rig.service.revoke(Revocation::token("t1").reason("stolen").remember(std::chrono::hours(1)));
    auto frame = rig.broker.expect<wire::Revoke>();
    CHECK(frame.as<wire::Revoke>().token == "t1");
    CHECK(frame.as<wire::Revoke>().user.empty());
    CHECK(frame.as<wire::Revoke>().reason == "stolen");
    CHECK(frame.as<wire::Revoke>().remember == std::chrono::hours(1));
    wire::Ack ack = accepted(id_of<wire::Revoke>(frame));
    ack.reached = 3;
    rig.broker.send(rig.peer, ack);
    CHECK(token.wait()->reached == 3);

    rig.service.revoke(Revocation::session("u7", "s1"));
    frame = rig.broker.expect<wire::Revoke>();
    CHECK(frame.as<wire::Revoke>().user == "u7");
    CHECK(frame.as<wire::Revoke>().session == "s1");
    rig.service.revoke(Revocation::user("u7"));
    frame = rig.broker.expect<wire::Revoke>();
    CHECK(frame.as<wire::Revoke>().user == "u7");
    CHECK(frame.as<wire::Revoke>().session.empty());
    rig.service.revoke(Revocation::key("blue"));
    CHECK(rig.broker.expect<wire::Revoke>().as<wire::Revoke>().key == "blue");
}

TEST_CASE("what no broker would take is an error at once", "[sends]") {
    Rig rig;
    rig.link();
    Service& service = rig.service;
    CHECK(service.channel("").publish(1).wait().error().code == 107);
    CHECK(service.channel("a b").publish(1).wait().error().code == 107);
    CHECK(service.channel("a").publish(1, PublishOptions{}.tag("x", "\xff")).wait().error().code == 107);
    CHECK(service.channel("a").publish(1, PublishOptions{}.key("\xff")).wait().error().code == 107);
    CHECK(service.channel("a").publish(std::string("\xff")).wait().error().code == 107);
    CHECK(service.channel("a").publish(Raw{"\x92"}).wait().error().code == 107);
    CHECK(service.channel("a").publish(std::string(300 * 1024, 'x')).wait().error().message ==
          "payload of 307205 bytes, at most 262144 are taken");
    CHECK(
        service.channel("a").publish(1, PublishOptions{}.key(std::string(70'000, 'x'))).wait().error().code ==
        107);
    CHECK(service.emit("a..b", 1).wait().error().code == 107);
    CHECK(service.emit("a.*", 1).wait().error().code == 107);
    CHECK(service.client("").push(1).wait().error().code == 107);
    CHECK(service.client("c").disconnect(1000).wait().error().code == 107);
    CHECK(service.client("c").disconnect(3000, std::string(200, 'x')).wait().error().code == 107);
    CHECK(service.user("a b").disconnect().wait().error().code == 107);
    CHECK(service.revoke(Revocation::user("")).wait().error().code == 107);
    CHECK(service.revoke(Revocation::token("")).wait().error().code == 107);
    CHECK(service.revoke(Revocation::key(std::string(1025, 'x'))).wait().error().code == 107);
    rig.settle();  // and nothing of it was sent
    CHECK(service.stats().sends_failed == 17);
}

TEST_CASE("a failure that nobody waited for is logged once and counted", "[sends]") {
    Rig rig;
    rig.link();
    for (int i = 0; i < 100; ++i)
        rig.service.channel("a b").publish(1);
    CHECK(rig.log.count("could not be sent code=107") == 1);
    CHECK(rig.service.stats().sends_failed == 100);
    CHECK_FALSE(rig.service.channel("a b").publish(1).wait().ok());
    CHECK(rig.log.count("could not be sent") == 1);
}

TEST_CASE("a later failure of an ignored future is logged as well", "[sends]") {
    Rig rig;
    rig.link();
    rig.service.channel("a").publish(1);
    auto received = rig.broker.expect<wire::Publication>();
    wire::Ack ack = accepted(id_of<wire::Publication>(received));
    ack.code = 103;
    ack.message = "permission denied";
    rig.broker.send(rig.peer, ack);
    rig.settle();
    CHECK(rig.log.count("could not be sent code=103 why=\"permission denied\"") == 1);
}

TEST_CASE("no more bytes are under way than the broker's window", "[sends]") {
    Rig rig;
    wire::Welcome welcome = ScriptedBroker::welcome();
    welcome.byte_window = 3000;
    rig.link(welcome);
    const std::string kilobyte = encode(std::string(997, 'x'));
    REQUIRE(kilobyte.size() == 1000);
    std::vector<Future<Published>> futures;
    for (int i = 0; i < 5; ++i)
        futures.push_back(rig.service.channel("a").publish(Raw{kilobyte}));
    for (int i = 0; i < 3; ++i)
        rig.broker.expect<wire::Publication>();
    rig.settle();  // the fourth waits
    wire::Heartbeat taken;
    taken.boot = "boot-1";
    taken.taken_bytes = 1000;
    rig.broker.send(rig.peer, taken);
    rig.broker.expect<wire::Publication>();
    rig.settle();
    wire::Ack ack = accepted(1);
    ack.taken_bytes = 4000;
    rig.broker.send(rig.peer, ack);
    rig.broker.expect<wire::Publication>();
    CHECK(futures[0].wait().ok());
}

TEST_CASE("a publication larger than the window goes alone", "[sends]") {
    Rig rig;
    wire::Welcome welcome = ScriptedBroker::welcome();
    welcome.byte_window = 10;
    rig.link(welcome);
    Future<Published> first = rig.service.channel("a").publish(std::string(100, 'x'));
    Future<Published> second = rig.service.channel("a").publish(2);
    rig.broker.expect<wire::Publication>();
    rig.settle();
    wire::Ack ack = accepted(1);
    ack.taken_bytes = 102;
    rig.broker.send(rig.peer, ack);
    CHECK(rig.broker.expect<wire::Publication>().payload() == pack(2));
}

TEST_CASE("a full queue says overloaded, and unavailable without a broker", "[sends]") {
    ServiceOptions options;
    options.queue_bytes = 4000;
    Rig rig(options);
    rig.service.start();
    std::vector<Future<Emitted>> futures;
    for (int i = 0; i < 8; ++i)
        futures.push_back(rig.service.emit("a.b", std::string(500, 'x')));
    CHECK(futures.back().wait().error().code == 2);
    CHECK_FALSE(futures.front().ready());

    wire::Welcome welcome = ScriptedBroker::welcome();
    welcome.byte_window = 10;
    rig.peer = rig.broker.accept(welcome);
    rig.broker.expect<wire::Event>();
    CHECK(rig.service.ready(10s).ok());
    for (int i = 0; i < 8; ++i)
        futures.push_back(rig.service.emit("a.b", std::string(500, 'x')));
    Result<Emitted> last = futures.back().wait();
    CHECK(last.error().code == 111);
    CHECK(last.error().temporary);
}

TEST_CASE("what nobody acknowledges in time is unavailable", "[sends]") {
    ServiceOptions options;
    options.send_timeout = 50ms;
    Rig rig(options);
    rig.link();
    Future<Published> published = rig.service.channel("a").publish(1);
    Result<Published> outcome = published.wait();
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == 2);
    CHECK(outcome.error().message.find("outcome unknown") == 0);
}

TEST_CASE("what waits for a broker too long is unavailable", "[sends]") {
    ServiceOptions options;
    options.send_timeout = 50ms;
    Rig rig(options);
    rig.service.start();
    rig.broker.expect<wire::Greeting>();
    CHECK(rig.service.channel("a").publish(1).wait().error().code == 2);
}

TEST_CASE("a broker that was started anew knows nothing of what was sent", "[sends]") {
    Rig rig;
    wire::Welcome welcome = ScriptedBroker::welcome("boot-1");
    welcome.heartbeat = 20ms;
    welcome.dead_after = 100ms;
    rig.link(welcome);
    Future<Published> sent = rig.service.channel("a").publish(1);
    rig.broker.expect<wire::Publication>();
    auto greeting = rig.broker.expect<wire::Greeting>();
    Future<Published> waiting = rig.service.channel("a").publish(2);
    rig.broker.send(greeting.peer(), ScriptedBroker::welcome("boot-2"));
    Result<Published> outcome = sent.wait();
    CHECK(outcome.error().code == 2);
    CHECK(outcome.error().message.find("outcome unknown") == 0);
    auto received = rig.broker.expect<wire::Publication>();
    CHECK(received.payload() == pack(2));
    rig.broker.send(received.peer(), accepted(id_of<wire::Publication>(received)));
    CHECK(waiting.wait().ok());
}

TEST_CASE("the order of one thread's sends is kept", "[sends]") {
    Rig rig;
    rig.link();
    for (int i = 0; i < 500; ++i)
        rig.service.channel("a").publish(i);
    for (int i = 0; i < 500; ++i)
        CHECK(rig.broker.expect<wire::Publication>().payload() == pack(i));
}
