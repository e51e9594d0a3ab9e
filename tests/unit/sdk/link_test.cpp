// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <stdexcept>

#include "unit/sdk/rig.h"

using namespace fairlead;
using namespace std::chrono_literals;
using fairlead::testing::Gate;
using fairlead::testing::LogLines;
using fairlead::testing::pack;
using fairlead::testing::Rig;
using fairlead::testing::ScriptedBroker;

namespace {

/// A broker that is soon taken for dead.
wire::Welcome impatient(std::string_view boot = "boot-1") {
    wire::Welcome welcome = ScriptedBroker::welcome(boot);
    welcome.heartbeat = 20ms;
    welcome.dead_after = 100ms;
    return welcome;
}

template <typename Condition>
bool eventually(Condition condition) {
    auto until = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace

TEST_CASE("the greeting says who the service is and what it does", "[link]") {
    Rig rig;
    rig.service.on("orders.create", [](Request&) {}).timeout(2s).window(8).idempotent();
    rig.service.on("orders.>", [](Request&) {});
    rig.service.listen("payments.settled", [](const Event&) {});
    rig.service.listen("payments.*", [](const Event&) {}).group("audit");
    rig.service.start();
    auto received = rig.broker.expect<wire::Greeting>();
    const auto& greeting = received.as<wire::Greeting>();
    CHECK(greeting.service == "orders");
    CHECK(greeting.version == "1.4.0");
    CHECK(greeting.instance == rig.service.instance());
    CHECK(greeting.instance.size() == 36);
    CHECK(greeting.sdk.substr(0, 13) == "fairlead-cpp ");
    REQUIRE(greeting.endpoints.size() == 2);
    CHECK(greeting.endpoints[0].topic == "orders.create");
    CHECK(greeting.endpoints[0].window == 8);
    CHECK(greeting.endpoints[0].timeout == 2s);
    CHECK(greeting.endpoints[0].idempotent);
    CHECK(greeting.endpoints[1].window == 64);
    CHECK(greeting.endpoints[1].timeout == 0s);
    REQUIRE(greeting.interests.size() == 2);
    CHECK(greeting.interests[0].group == "orders");
    CHECK(greeting.interests[1].pattern == "payments.*");
    CHECK(greeting.interests[1].group == "audit");
    CHECK(greeting.running.empty());
    CHECK(rig.service.ready(0ms).error().code == 1);
}

TEST_CASE("the greeting says by what requests are routed, and what is owned", "[link]") {
    Rig rig;
    rig.service.on("a.user", [](Request&) {}).route_by(by_user());
    rig.service.on("a.client", [](Request&) {}).route_by(by_client()).serial_by(by_client());
    rig.service.on("a.header", [](Request&) {}).route_by(by_header("tenant"));
    rig.service.on("rooms.*.say", [](Request&) {}).owner(by_segment(1));
    rig.service.start();
    auto received = rig.broker.expect<wire::Greeting>();
    const auto& endpoints = received.as<wire::Greeting>().endpoints;
    REQUIRE(endpoints.size() == 4);
    CHECK(endpoints[0].route_by == "user");
    CHECK(endpoints[1].route_by == "client");
    CHECK(endpoints[2].route_by == "header:tenant");
    CHECK_FALSE(endpoints[2].owner);
    CHECK(endpoints[3].route_by == "segment:1");
    CHECK(endpoints[3].owner);
}

TEST_CASE("handlers of leases without an owner are a mistake", "[link]") {
    Rig rig;
    rig.service.on("a.b", [](Request&) {}).on_acquired([](const Lease&) {});
    CHECK_THROWS_AS(rig.service.start(), std::logic_error);
}

TEST_CASE("a window changes while the service runs, and the next greeting has the newest", "[link]") {
    Rig rig;
    Gate begun, end;
    Endpoint endpoint = rig.service.on("a.b", [&](Request&) { begun.open(), end.wait(); }).window(3);
    rig.link();
    for (wire::CallId call = 1; call <= 3; ++call)
        rig.request(call, "a.b");
    REQUIRE(begun.wait(3));
    std::thread([&] { endpoint.window(2); }).join();
    auto window = rig.broker.expect<wire::Window>();
    CHECK(window.as<wire::Window>().topic == "a.b");
    CHECK(window.as<wire::Window>().window == 2);
    rig.request(4, "a.b");  // was under way
    CHECK(rig.broker.expect<wire::Returned>().as<wire::Returned>().reason == wire::ReturnReason::full);
    endpoint.window(4);
    CHECK(rig.broker.expect<wire::Window>().as<wire::Window>().window == 4);
    rig.request(5, "a.b");
    REQUIRE(begun.wait(4));
    CHECK_THROWS_AS(endpoint.window(0), std::invalid_argument);
    rig.broker.send(rig.peer, wire::Who{"boot-1"});
    auto greeting = rig.broker.expect<wire::Greeting>();
    CHECK(greeting.as<wire::Greeting>().endpoints.front().window == 4);
    rig.broker.send(rig.peer, ScriptedBroker::welcome());
    end.open();
    for (int i = 0; i < 4; ++i)
        rig.broker.expect<wire::Reply>();
}

TEST_CASE("a window that is set while there is no link stands in the next greeting", "[link]") {
    Rig rig;
    Endpoint endpoint = rig.service.on("a.b", [](Request&) {});
    rig.link(impatient());
    auto greeting = rig.broker.expect<wire::Greeting>();  // not welcomed: no link
    endpoint.window(7);
    rig.broker.send(greeting.peer(), wire::Goodbye{"try later"});
    CHECK(eventually([&] {
        auto next = rig.broker.next();
        return next.is<wire::Greeting>() && next.as<wire::Greeting>().endpoints.front().window == 7;
    }));
}

TEST_CASE("a refusal is final and says why", "[link]") {
    Rig rig;
    rig.service.start();
    auto greeting = rig.broker.expect<wire::Greeting>();
    rig.broker.send(greeting.peer(), wire::Refusal{103, "`orders.create` belongs to service `shop`"});
    Result<void> ready = rig.service.ready(10s);
    REQUIRE_FALSE(ready.ok());
    CHECK(ready.error().code == 103);
    CHECK(ready.error().message == "`orders.create` belongs to service `shop`");
    CHECK(rig.log.count("the broker refuses this service code=103") == 1);
    CHECK(rig.service.emit("a.b", 1).wait().error().code == 103);
    CHECK(rig.service.call("a.b", 1).error().code == 103);
    CHECK_FALSE(rig.service.stop(0ms));
}

TEST_CASE("run returns 1 when the broker refuses", "[link]") {
    Rig rig;
    int exit_code = -1;
    std::thread runner([&] { exit_code = rig.service.run(); });
    auto greeting = rig.broker.expect<wire::Greeting>();
    rig.broker.send(greeting.peer(), wire::Refusal{107, "no"});
    runner.join();
    CHECK(exit_code == 1);
}

TEST_CASE("a broker that does not know us is greeted again", "[link]") {
    Rig rig;
    Gate begun, end;
    rig.service.on("a.b", [&](Request&) { begun.open(), end.wait(); });
    rig.link();
    rig.request(11, "a.b");
    REQUIRE(begun.wait());
    rig.broker.send(rig.peer, wire::Who{"boot-1"});
    auto greeting = rig.broker.expect<wire::Greeting>();
    CHECK(greeting.peer() == rig.peer);
    CHECK(greeting.as<wire::Greeting>().running == std::vector<wire::CallId>{11});
    rig.broker.send(rig.peer, wire::Who{"boot-1"});  // about an older frame: not greeted a third time
    rig.broker.send(rig.peer, ScriptedBroker::welcome());
    end.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 11);
}

TEST_CASE("heartbeats tell what runs", "[link]") {
    ServiceOptions options;
    options.threads = 1;
    Rig rig(options);
    Gate begun, end;
    rig.service.on("a.b", [&](Request&) { begun.open(), end.wait(); });
    wire::Welcome welcome = ScriptedBroker::welcome();
    welcome.heartbeat = 20ms;
    rig.link(welcome);
    rig.request(1, "a.b");
    rig.request(2, "a.b");
    REQUIRE(begun.wait());
    CHECK(eventually([&] {
        auto beat = rig.broker.next_heartbeat();
        const auto& heartbeat = beat.as<wire::Heartbeat>();
        return heartbeat.in_flight == 2 && heartbeat.queued == 1 && heartbeat.oldest >= 20ms;
    }));
    end.open();
}

TEST_CASE("a silent broker is left and greeted anew, with what still runs", "[link]") {
    Rig rig;
    Gate begun, end;
    rig.service.on("a.b", [&](Request&, int in) {
        begun.open(), end.wait(in);
        return in;
    });
    rig.link(impatient());
    rig.request(7, "a.b", pack(1));
    REQUIRE(begun.wait());
    auto greeting = rig.broker.expect<wire::Greeting>();
    CHECK(greeting.peer() != rig.peer);
    CHECK(greeting.as<wire::Greeting>().instance == rig.service.instance());
    CHECK(greeting.as<wire::Greeting>().running == std::vector<wire::CallId>{7});
    rig.broker.send(greeting.peer(), ScriptedBroker::welcome());
    end.open();
    auto reply = rig.broker.expect<wire::Reply>();
    CHECK(reply.peer() == greeting.peer());
    CHECK(reply.as<wire::Reply>().call == 7);
    CHECK(rig.log.count("lost the broker") == 1);
    CHECK(rig.log.count("linked to the broker") == 2);
    CHECK(rig.service.stats().reconnects == 1);
}

TEST_CASE("an answer that was ready while there was no link is sent to the same broker", "[link]") {
    Rig rig;
    std::optional<Responder> responder;
    Gate begun;
    rig.service.on("a.b", [&](Request& request) {
        responder = request.defer();
        begun.open();
    });
    rig.link(impatient());
    rig.request(7, "a.b");
    REQUIRE(begun.wait());
    auto greeting = rig.broker.expect<wire::Greeting>();
    responder->reply(1);
    responder.reset();
    rig.broker.send(greeting.peer(), ScriptedBroker::welcome());
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 7);
}

TEST_CASE("a broker that was started anew gets no answers of the old one", "[link]") {
    Rig rig;
    std::optional<Responder> responder;
    Gate begun;
    rig.service.on("a.b", [&](Request& request) {
        responder = request.defer();
        begun.open();
    });
    rig.link(impatient("boot-1"));
    rig.request(7, "a.b");
    REQUIRE(begun.wait());
    auto greeting = rig.broker.expect<wire::Greeting>();
    rig.peer = greeting.peer();
    rig.broker.send(rig.peer, ScriptedBroker::welcome("boot-2"));
    REQUIRE(eventually([&] { return responder->request().cancelled(); }));
    CHECK(responder->reply(1));
    responder.reset();
    rig.settle();
    CHECK(eventually([&] { return rig.service.stats().lost_answers == 1; }));
    CHECK(rig.service.stats().in_flight == 0);
}

TEST_CASE("a broker that goes and comes back is found again", "[link]") {
    auto broker = std::make_unique<ScriptedBroker>();
    std::string address = broker->address();
    LogLines log;
    ServiceOptions options;
    options.brokers = {address};
    log.take_from(options);
    Service service("orders", "1", options);
    service.start();
    broker->accept();
    REQUIRE(service.ready(10s).ok());
    broker.reset();  // the connection ends, which is seen at once
    REQUIRE(eventually([&] { return log.count("the connection ended") == 1; }));
    CHECK_FALSE(service.ready(0ms).ok());
    ScriptedBroker next(address);
    next.accept(ScriptedBroker::welcome("boot-2"));
    CHECK(service.ready(10s).ok());
}

TEST_CASE("a service may be there before its broker", "[link]") {
    std::string address = ScriptedBroker().address();  // free again
    LogLines log;
    ServiceOptions options;
    options.brokers = {address};
    log.take_from(options);
    Service service("orders", "1", options);
    service.start();
    REQUIRE(eventually([&] { return log.count("no broker: trying until there is one") > 0; }));
    ScriptedBroker broker(address);
    broker.accept();
    CHECK(service.ready(10s).ok());
    CHECK(log.count("no broker") == 1);
}

TEST_CASE("a goodbye of the broker is a lost link", "[link]") {
    Rig rig;
    rig.link();
    rig.broker.send(rig.peer, wire::Goodbye{"shutdown"});
    auto greeting = rig.broker.expect<wire::Greeting>();
    CHECK(greeting.peer() != rig.peer);
    CHECK(rig.log.count("it said goodbye: shutdown") == 1);
}

TEST_CASE("broken and unknown frames are counted and do no harm", "[link]") {
    Rig rig;
    rig.service.on("a.b", [](Request&) {});
    rig.link();
    rig.broker.send_pair(rig.peer, "\xff\xff", {});
    rig.broker.send_pair(rig.peer, {}, {});
    rig.broker.send_pair(rig.peer, "\x92\x01\x63", {});  // [1, 99]
    rig.settle();
    CHECK(rig.service.stats().frames_broken == 2);
    CHECK(rig.service.stats().frames_ignored == 1);
}

TEST_CASE("stop drains, finishes what runs and says goodbye", "[link]") {
    Rig rig;
    Gate begun, end;
    rig.service.on("a.b", [&](Request&) { begun.open(), end.wait(); });
    rig.link();
    rig.request(1, "a.b");
    REQUIRE(begun.wait());
    bool clean = false;
    std::thread stopper([&] { clean = rig.service.stop(1min); });
    rig.broker.expect<wire::Drain>();
    rig.request(2, "a.b");  // was on its way
    auto returned = rig.broker.expect<wire::Returned>();
    CHECK(returned.as<wire::Returned>().reason == wire::ReturnReason::drain);
    rig.broker.send(rig.peer, wire::Drain{});
    end.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    rig.broker.expect<wire::Goodbye>();
    rig.broker.send(rig.peer, wire::Goodbye{});
    stopper.join();
    CHECK(clean);
    CHECK(rig.service.ready(0ms).error().code == 3);
    CHECK(rig.service.emit("a.b", 1).wait().error().code == 3);
    CHECK(rig.service.call("a.b", 1).error().code == 3);
    CHECK(rig.service.stop(0ms));  // again: nothing to do
}

TEST_CASE("stop cancels what is not finished in time", "[link]") {
    Rig rig;
    Gate begun;
    rig.service.on("a.b", [&](Request& request) {
        begun.open();
        while (!request.cancelled())
            std::this_thread::yield();
    });
    rig.link();
    rig.request(1, "a.b");
    REQUIRE(begun.wait());
    bool clean = true;
    std::thread stopper([&] { clean = rig.service.stop(30ms); });
    rig.broker.expect<wire::Drain>();
    auto last = rig.broker.next();
    if (last.is<wire::Reply>()) last = rig.broker.next();  // it may still have come in time
    CHECK(last.is<wire::Goodbye>());
    rig.broker.send(rig.peer, wire::Goodbye{});
    stopper.join();
    CHECK_FALSE(clean);
}

TEST_CASE("stop without a broker does not wait for one", "[link]") {
    std::string address = ScriptedBroker().address();
    ServiceOptions options;
    options.brokers = {address};
    LogLines log;
    log.take_from(options);
    Service service("orders", "1", options);
    service.start();
    Future<Emitted> emitted = service.emit("a.b", 1);
    CHECK(service.stop(1min));
    CHECK(emitted.wait().error().code == 3);
}

TEST_CASE("SIGTERM ends run with 0 after a drain", "[link]") {
    Rig rig;
    int exit_code = -1;
    std::thread runner([&] { exit_code = rig.service.run(); });
    rig.peer = rig.broker.accept();
    REQUIRE(rig.service.ready(10s).ok());
    ::raise(SIGTERM);
    rig.broker.expect<wire::Drain>();
    rig.broker.send(rig.peer, wire::Drain{});
    rig.broker.expect<wire::Goodbye>();
    rig.broker.send(rig.peer, wire::Goodbye{});
    runner.join();
    CHECK(exit_code == 0);
}

TEST_CASE("what cannot be is refused when it is set up", "[link]") {
    CHECK_THROWS_AS(Service("no name", "1"), std::invalid_argument);
    CHECK_THROWS_AS(Service("", "1"), std::invalid_argument);
    CHECK_THROWS_AS(Service("_broker", "1"), std::invalid_argument);
    CHECK_THROWS_AS(Service("a", "\xff"), std::invalid_argument);
    ServiceOptions two;
    two.brokers = {"tcp://127.0.0.1:1", "tcp://127.0.0.1:2"};
    CHECK_THROWS_WITH(Service("a", "1", two), Catch::Contains("links to one broker"));
    Service service("a", "1");
    CHECK_THROWS_AS(service.on("a..b", [](Request&) {}), std::invalid_argument);
    CHECK_THROWS_AS(service.on("_connect", [](Request&) {}), std::invalid_argument);
    service.on("a.b", [](Request&) {});
    CHECK_THROWS_AS(service.on("a.b", [](Request&) {}), std::invalid_argument);
    CHECK_THROWS_AS(service.on("a.c", [](Request&) {}).window(0), std::invalid_argument);
    CHECK_THROWS_AS(service.on("a.d", [](Request&) {}).timeout(0ms), std::invalid_argument);
    CHECK_THROWS_AS(service.on("a.e", [](Request&) {}).window(1'000'001), std::invalid_argument);
    CHECK_THROWS_AS(by_segment(16), std::invalid_argument);
    CHECK_THROWS_AS(by_header(""), std::invalid_argument);
    CHECK_THROWS_AS(service.release("a.b", "7"), std::invalid_argument);
    CHECK_THROWS_AS(service.release("a.x", "7"), std::invalid_argument);
    CHECK_THROWS_AS(service.emit("a.b", 1), std::logic_error);
    CHECK_THROWS_AS(service.stop(0ms), std::logic_error);
}

TEST_CASE("after start nothing can be set up", "[link]") {
    Rig rig;
    Endpoint endpoint = rig.service.on("a.b", [](Request&) {});
    Listener listener = rig.service.listen("a.b", [](const Event&) {});
    rig.service.start();
    CHECK_THROWS_AS(rig.service.on("a.c", [](Request&) {}), std::logic_error);
    CHECK_THROWS_AS(rig.service.listen("a.c", [](const Event&) {}), std::logic_error);
    CHECK_THROWS_AS(endpoint.idempotent(), std::logic_error);
    CHECK_THROWS_AS(endpoint.serial(), std::logic_error);
    CHECK_THROWS_AS(endpoint.owner(by_user()), std::logic_error);
    CHECK_THROWS_AS(endpoint.on_lost([](const Lease&) {}), std::logic_error);
    CHECK_THROWS_AS(listener.serial(), std::logic_error);
    CHECK_THROWS_AS(listener.group("g"), std::logic_error);
    CHECK_THROWS_AS(rig.service.start(), std::logic_error);
}

TEST_CASE("a service that was never started is destroyed without a word", "[link]") {
    Rig rig;
    rig.service.on("a.b", [](Request&) {});
}
