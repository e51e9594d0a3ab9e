// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <future>

#include "unit/sdk/rig.h"

using namespace fairlead;
using namespace std::chrono_literals;
using fairlead::testing::Gate;
using fairlead::testing::pack;
using fairlead::testing::Rig;
using fairlead::testing::ScriptedBroker;

namespace {

wire::Error error_frame(wire::CallId call, std::uint32_t code, std::string_view message) {
    wire::Error error;
    error.call = call;
    error.code = code;
    error.message = message;
    return error;
}

}  // namespace

TEST_CASE("a call blocks until its reply", "[calls]") {
    Rig rig;
    rig.link();
    auto result = std::async(std::launch::async, [&] {
        return rig.service.call<int>("stock.count", 5, CallOptions{}.timeout(30s).header("h", "v").key("k"));
    });
    auto received = rig.broker.expect<wire::Request>();
    const auto& frame = received.as<wire::Request>();
    CHECK(frame.topic == "stock.count");
    CHECK(frame.deadline <= 30s);
    CHECK(frame.deadline > 20s);
    CHECK(frame.headers == wire::Pairs{{"h", "v"}});
    CHECK(frame.key == "k");
    CHECK(frame.caller.client.empty());
    CHECK(received.payload() == pack(5));
    rig.broker.send(rig.peer, wire::Reply{frame.call}, pack(6));
    CHECK(result.get().value() == 6);
    CHECK(rig.service.stats().calls == 1);
}

TEST_CASE("a call gives the error of the other side", "[calls]") {
    Rig rig;
    rig.link();
    auto result = std::async(std::launch::async, [&] { return rig.service.call<void>("a.b", 1); });
    auto received = rig.broker.expect<wire::Request>();
    rig.broker.send(rig.peer, error_frame(received.as<wire::Request>().call, 1422, "no"));
    Result<void> outcome = result.get();
    CHECK(outcome.error().code == 1422);
    CHECK(outcome.error().message == "no");
}

TEST_CASE("a reply of another shape is an error with its path", "[calls]") {
    Rig rig;
    rig.link();
    auto result =
        std::async(std::launch::async, [&] { return rig.service.call<std::vector<int>>("a.b", 1); });
    auto received = rig.broker.expect<wire::Request>();
    rig.broker.send(rig.peer, wire::Reply{received.as<wire::Request>().call}, pack("x"));
    CHECK(result.get().error().message == "payload: expected array, got string");
}

TEST_CASE("the service keeps the deadline of a call itself", "[calls]") {
    Rig rig;
    rig.link();
    auto result = std::async(std::launch::async,
                             [&] { return rig.service.call("a.b", 1, CallOptions{}.timeout(30ms)); });
    auto received = rig.broker.expect<wire::Request>();
    CHECK(result.get().error().code == 1);
    auto cancel = rig.broker.expect<wire::Cancel>();
    CHECK(cancel.as<wire::Cancel>().call == received.as<wire::Request>().call);
    // A late answer is for nobody.
    rig.broker.send(rig.peer, wire::Reply{received.as<wire::Request>().call}, pack(1));
    rig.settle();
    CHECK(rig.service.stats().frames_ignored == 1);
}

TEST_CASE("a call without a broker ends as unavailable", "[calls]") {
    Rig rig;
    rig.service.start();
    rig.broker.expect<wire::Greeting>();
    CHECK(rig.service.call("a.b", 1, CallOptions{}.timeout(30ms)).error().code == 2);
}

TEST_CASE("a call that waited for the broker is sent when it is there", "[calls]") {
    Rig rig;
    rig.service.start();
    auto result = std::async(std::launch::async, [&] { return rig.service.call<int>("a.b", 1); });
    rig.peer = rig.broker.accept();
    auto received = rig.broker.expect<wire::Request>();
    rig.broker.send(rig.peer, wire::Reply{received.as<wire::Request>().call}, pack(2));
    CHECK(result.get().value() == 2);
}

TEST_CASE("calls of no use are refused at once", "[calls]") {
    Rig rig;
    rig.link();
    CHECK(rig.service.call("a..b", 1).error().code == 107);
    CHECK(rig.service.call("a.b", std::string("\xff")).error().code == 107);
    CHECK(rig.service.call("a.b", 1, CallOptions{}.header("x", "\xff")).error().code == 107);
    CHECK(rig.service.call("a.b", 1, CallOptions{}.header("x", std::string(70'000, 'x'))).error().code ==
          107);
    rig.settle();
}

TEST_CASE("a callback runs on a handler thread and may block in a call", "[calls]") {
    ServiceOptions options;
    options.threads = 2;
    Rig rig(options);
    rig.link();
    std::promise<Result<int>> promise;
    rig.service.call_async<int>(
        "a.b", 1, [&](Result<int> first) { promise.set_value(rig.service.call<int>("a.c", first.value())); });
    auto received = rig.broker.expect<wire::Request>();
    rig.broker.send(rig.peer, wire::Reply{received.as<wire::Request>().call}, pack(2));
    received = rig.broker.expect<wire::Request>();
    CHECK(received.as<wire::Request>().topic == "a.c");
    CHECK(received.payload() == pack(2));
    rig.broker.send(rig.peer, wire::Reply{received.as<wire::Request>().call}, pack(3));
    CHECK(promise.get_future().get().value() == 3);
}

TEST_CASE("a callback is called for a refused call too, and may throw", "[calls]") {
    Rig rig;
    rig.link();
    Gate called;
    std::uint32_t code = 0;
    rig.service.call_async("a..b", 1, [&](Result<Value> outcome) {
        code = outcome.error().code;
        called.open();
        throw std::runtime_error("in a callback");
    });
    REQUIRE(called.wait());
    CHECK(code == 107);
    rig.service.stop(10ms);
    CHECK(rig.log.count("a callback threw") == 1);
}

TEST_CASE("a call through a request has its deadline, caller and trace", "[calls]") {
    Rig rig;
    rig.service.on("orders.create", [&](Request& request) -> Result<int> {
        Result<int> inner = rig.service.call<int>("stock.reserve", 1, request);
        if (!inner.ok()) return inner.error();
        return *inner + 1;
    });
    rig.link();
    std::string meta = encode(Value::map({{"role", "x"}}));
    wire::Request outer;
    outer.call = 1;
    outer.topic = "orders.create";
    outer.deadline = 2s;
    outer.caller = wire::Caller{"", "u7", "b1-c", "s1", "10.0.0.1", meta};
    outer.trace = "00-trace";
    rig.broker.send(rig.peer, outer);
    auto received = rig.broker.expect<wire::Request>();
    const auto& inner = received.as<wire::Request>();
    CHECK(inner.topic == "stock.reserve");
    CHECK(inner.deadline <= 2s);
    CHECK(inner.caller.user == "u7");
    CHECK(inner.caller.client == "b1-c");
    CHECK(inner.caller.session == "s1");
    CHECK(inner.caller.address == "10.0.0.1");
    CHECK(inner.caller.meta == meta);
    CHECK(inner.trace == "00-trace");
    rig.broker.send(rig.peer, wire::Reply{inner.call}, pack(41));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(42));
}

TEST_CASE("an async call may outlive the handler and answer through a responder", "[calls]") {
    Rig rig;
    rig.service.on("a.b", [&](Request& request) {
        Responder responder = request.defer();
        rig.service.call_async<int>("a.c", 1, request,
                                    [responder](Result<int> outcome) mutable { responder.finish(outcome); });
    });
    rig.link();
    rig.request(9, "a.b");
    auto inner = rig.broker.expect<wire::Request>();
    rig.broker.send(rig.peer, wire::Reply{inner.as<wire::Request>().call}, pack(5));
    auto reply = rig.broker.expect<wire::Reply>();
    CHECK(reply.as<wire::Reply>().call == 9);
    CHECK(reply.payload() == pack(5));
}

TEST_CASE("an error of a call that is given on is 100 to the caller", "[calls]") {
    Rig rig;
    rig.service.on("a.b", [&](Request& request) -> Result<Value> {
        return rig.service.call("a.c", 1, request, CallOptions{}.timeout(20ms));
    });
    rig.link();
    rig.request(9, "a.b");
    rig.broker.expect<wire::Request>();
    auto first = rig.broker.next();
    auto second = rig.broker.next();  // cancel and error, in either order
    const auto& error = first.is<wire::Error>() ? first : second;
    CHECK(error.as<wire::Error>().code == 100);
}

TEST_CASE("a handler that asks its own service with no thread free is overloaded", "[calls]") {
    ServiceOptions options;
    options.threads = 1;
    Rig rig(options);
    rig.service.on("a.b",
                   [&](Request& request) -> Result<Value> { return rig.service.call("a.c", 1, request); });
    rig.service.on("a.c", [](Request&, int in) { return in; });
    rig.link();
    rig.request(1, "a.b");
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 111);
}

TEST_CASE("a handler that asks another service waits, whoever else does", "[calls]") {
    ServiceOptions options;
    options.threads = 1;
    Rig rig(options);
    rig.service.on("a.b",
                   [&](Request& request) -> Result<int> { return rig.service.call<int>("b.c", 1, request); });
    rig.link();
    rig.request(1, "a.b");
    auto inner = rig.broker.expect<wire::Request>();
    rig.broker.send(rig.peer, wire::Reply{inner.as<wire::Request>().call}, pack(5));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(5));
}

TEST_CASE("a broker that was started anew does not know a call", "[calls]") {
    Rig rig;
    wire::Welcome welcome = ScriptedBroker::welcome("boot-1");
    welcome.heartbeat = 20ms;
    welcome.dead_after = 100ms;
    rig.link(welcome);
    auto result = std::async(std::launch::async,
                             [&] { return rig.service.call("a.b", 1, CallOptions{}.timeout(1min)); });
    rig.broker.expect<wire::Request>();
    auto greeting = rig.broker.expect<wire::Greeting>();
    rig.broker.send(greeting.peer(), ScriptedBroker::welcome("boot-2"));
    Result<Value> outcome = result.get();
    CHECK(outcome.error().code == 2);
    CHECK(outcome.error().message.find("outcome unknown") == 0);
}

TEST_CASE("the same broker after a break may still answer a call", "[calls]") {
    Rig rig;
    wire::Welcome welcome = ScriptedBroker::welcome();
    welcome.heartbeat = 20ms;
    welcome.dead_after = 100ms;
    rig.link(welcome);
    auto result = std::async(std::launch::async,
                             [&] { return rig.service.call<int>("a.b", 1, CallOptions{}.timeout(1min)); });
    auto call = rig.broker.expect<wire::Request>();
    auto greeting = rig.broker.expect<wire::Greeting>();
    rig.broker.send(greeting.peer(), ScriptedBroker::welcome());
    rig.broker.send(greeting.peer(), wire::Reply{call.as<wire::Request>().call}, pack(8));
    CHECK(result.get().value() == 8);
}

TEST_CASE("stop ends calls that have no answer", "[calls]") {
    Rig rig;
    rig.link();
    auto result = std::async(std::launch::async,
                             [&] { return rig.service.call("a.b", 1, CallOptions{}.timeout(1min)); });
    rig.broker.expect<wire::Request>();
    CHECK_FALSE(rig.service.stop(0ms));
    CHECK(result.get().error().code == 3);
}
