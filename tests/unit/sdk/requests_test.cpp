// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <stdexcept>

#include "unit/sdk/rig.h"

using namespace fairlead;
using namespace std::chrono_literals;
using fairlead::testing::Gate;
using fairlead::testing::pack;
using fairlead::testing::Rig;

namespace {

struct NewOrder {
    std::string sku;
    int qty = 1;
    FAIRLEAD_FIELDS(sku)
    FAIRLEAD_DEFAULTED(qty)
};

struct Order {
    std::string id, sku;
    int qty = 0;
    FAIRLEAD_FIELDS(id, sku, qty)
};

}  // namespace

TEST_CASE("a handler gets its struct and its answer becomes the reply", "[requests]") {
    Rig rig;
    rig.service.on("orders.create", [](Request&, NewOrder in) -> Result<Order> {
        return Order{"o-1", in.sku, in.qty};
    });
    rig.link();
    rig.request(77, "orders.create", encode(NewOrder{"tea", 2}));
    auto reply = rig.broker.expect<wire::Reply>();
    CHECK(reply.as<wire::Reply>().call == 77);
    CHECK(decode<Value>(reply.payload()).value() == Value::map({{"id", "o-1"}, {"sku", "tea"}, {"qty", 2}}));
    CHECK(rig.service.stats().replies == 1);
}

TEST_CASE("answers may be values, raw bytes or nothing", "[requests]") {
    Rig rig;
    rig.service.on("a.value", [](Request&, const Value& in) { return Value::array({in}); });
    rig.service.on("a.raw", [](Request&, Raw in) { return in; });
    rig.service.on("a.void", [](Request&) {});
    rig.service.on("a.ok", [](Request&) -> Result<void> { return {}; });
    rig.service.on("a.error", [](Request&) { return fail(1001, "never"); });
    rig.link();
    rig.request(1, "a.value", pack(5));
    CHECK(rig.broker.expect<wire::Reply>().payload() == encode(std::vector<int>{5}));
    rig.request(2, "a.raw", pack("x"));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack("x"));
    rig.request(3, "a.void", pack("x"));
    CHECK(rig.broker.expect<wire::Reply>().payload().empty());
    rig.request(4, "a.ok");
    CHECK(rig.broker.expect<wire::Reply>().payload().empty());
    rig.request(5, "a.error");
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 1001);
}

TEST_CASE("a payload that does not decode never reaches the handler", "[requests]") {
    Rig rig;
    std::atomic<int> called{0};
    rig.service.on("orders.create", [&](Request&, NewOrder) { ++called; });
    rig.link();
    rig.request(1, "orders.create", encode(Value::map({{"sku", "a"}, {"qty", "x"}})));
    auto error = rig.broker.expect<wire::Error>();
    CHECK(error.as<wire::Error>().code == 107);
    CHECK(error.as<wire::Error>().message == "qty: expected integer, got string");
    CHECK_FALSE(error.as<wire::Error>().temporary);
    CHECK(called == 0);
}

TEST_CASE("what a handler throws stays in the log", "[requests]") {
    Rig rig;
    rig.service.on("a.throws", [](Request&) -> int { throw std::runtime_error("password is 1234"); });
    rig.service.on("a.odd", [](Request&) -> int { throw 5; });
    rig.link();
    for (const char* topic : {"a.throws", "a.odd"}) {
        rig.request(1, topic);
        auto error = rig.broker.expect<wire::Error>();
        CHECK(error.as<wire::Error>().code == 100);
        CHECK(error.as<wire::Error>().message == "internal server error");
        CHECK_FALSE(error.as<wire::Error>().temporary);
    }
    CHECK(rig.log.count("password is 1234") == 1);
    CHECK(rig.log.count("the handler threw") == 2);
}

TEST_CASE("a number that no handler may give becomes 100 and is logged", "[requests]") {
    Rig rig;
    rig.service.on("a.odd", [](Request&) -> Result<int> { return fail(5, "mine"); });
    rig.service.on("a.own", [](Request&) -> Result<int> { return fail(1422, "qty must be positive"); });
    rig.link();
    rig.request(1, "a.odd");
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 100);
    CHECK(rig.log.count("code 5 is no error that a handler may give") == 1);
    rig.request(2, "a.own");
    auto error = rig.broker.expect<wire::Error>();
    CHECK(error.as<wire::Error>().code == 1422);
    CHECK(error.as<wire::Error>().message == "qty must be positive");
}

TEST_CASE("a request tells who asks and how", "[requests]") {
    Rig rig;
    std::atomic<bool> good{false};
    rig.service.on("a.b", [&](Request& request) {
        const Caller& caller = request.caller();
        good = caller.user == "u7" && caller.client == "b1-c" && caller.session == "s" &&
               caller.address == "10.0.0.1" && caller.meta["role"].as_string() == "admin" &&
               request.topic() == "a.b" && request.header("tenant") == "7" &&
               request.header("other").empty() && request.trace() == "00-t" && request.key() == "k" &&
               request.attempt() == 2 && !request.cancelled() && request.time_left() > 30s &&
               request.time_left() <= 60s;
    });
    rig.link();
    std::string meta = encode(Value::map({{"role", "admin"}}));
    wire::Request frame;
    frame.call = 1;
    frame.topic = "a.b";
    frame.deadline = 60s;
    frame.caller = wire::Caller{"", "u7", "b1-c", "s", "10.0.0.1", meta};
    frame.headers = {{"tenant", "7"}};
    frame.trace = "00-t";
    frame.key = "k";
    frame.attempt = 2;
    rig.broker.send(rig.peer, frame);
    rig.broker.expect<wire::Reply>();
    CHECK(good);
}

TEST_CASE("a responder answers later, once, from any thread", "[requests]") {
    Rig rig;
    std::optional<Responder> kept;
    Gate deferred;
    rig.service.on("a.b", [&](Request& request) {
        kept = request.defer();
        deferred.open();
        return 5;  // not used
    });
    rig.link();
    rig.request(1, "a.b");
    REQUIRE(deferred.wait());
    rig.settle();  // no answer so far
    Responder copy = *kept;
    CHECK(copy.request().topic() == "a.b");
    CHECK(kept->reply(42));
    CHECK_FALSE(copy.reply(43));
    CHECK_FALSE(copy.fail(fail(1000, "x")));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(42));
    kept.reset();
    rig.settle();  // and no second one
}

TEST_CASE("a responder that is dropped answers with an error", "[requests]") {
    Rig rig;
    rig.service.on("a.b", [](Request& request) { request.defer(); });
    rig.service.on("a.c", [](Request& request) {
        Responder responder = request.defer();
        throw std::runtime_error("after defer");
    });
    rig.link();
    for (const char* topic : {"a.b", "a.c"}) {
        rig.request(1, topic);
        auto error = rig.broker.expect<wire::Error>();
        CHECK(error.as<wire::Error>().code == 100);
        CHECK_FALSE(error.as<wire::Error>().temporary);
    }
    CHECK(rig.log.count("dropped without an answer") == 2);
}

TEST_CASE("a responder finishes with a result, whichever it holds", "[requests]") {
    Rig rig;
    rig.service.on("a.b", [](Request& request, int in) {
        request.defer().finish(in > 0 ? Result<int>(in) : Result<int>(fail(1001, "no")));
    });
    rig.service.on("a.c", [](Request& request) { request.defer().finish(Result<void>()); });
    rig.link();
    rig.request(1, "a.b", pack(3));
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack(3));
    rig.request(2, "a.b", pack(0));
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 1001);
    rig.request(3, "a.c");
    CHECK(rig.broker.expect<wire::Reply>().payload().empty());
}

TEST_CASE("a cancel reaches the handler that runs, and it still has one outcome", "[requests]") {
    Rig rig;
    Gate begun;
    rig.service.on("a.b", [&](Request& request) {
        begun.open();
        while (!request.cancelled())
            std::this_thread::yield();
        return request.time_left() == 0ms;
    });
    rig.link();
    rig.request(5, "a.b");
    REQUIRE(begun.wait());
    rig.broker.send(rig.peer, wire::Cancel{5});
    CHECK(rig.broker.expect<wire::Reply>().payload() == encode(true));
    rig.settle();
}

// The broker's clock may be behind: what a handler returns on its way out must not pass for an answer there.
TEST_CASE("a handler past its deadline sees that nobody waits, and has no answer", "[requests]") {
    Rig rig;
    rig.service.on("a.b", [&](Request& request) {
        while (!request.cancelled())
            std::this_thread::yield();
    });
    rig.link();
    rig.request(5, "a.b", {}, 30ms);
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 1);
}

TEST_CASE("a request that is cancelled before it begins is handed back", "[requests]") {
    ServiceOptions options;
    options.threads = 1;
    Rig rig(options);
    Gate begun, end;
    std::atomic<int> called{0};
    rig.service.on("a.b", [&](Request&) {
        ++called;
        begun.open();
        end.wait();
    });
    rig.link();
    rig.request(1, "a.b");
    REQUIRE(begun.wait());
    rig.request(2, "a.b");
    rig.broker.send(rig.peer, wire::Cancel{2});
    rig.settle();
    end.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    auto returned = rig.broker.expect<wire::Returned>();
    CHECK(returned.as<wire::Returned>().call == 2);
    CHECK(returned.as<wire::Returned>().reason == wire::ReturnReason::expired);
    CHECK(called == 1);
}

TEST_CASE("a request whose deadline has passed is handed back", "[requests]") {
    Rig rig;
    rig.service.on("a.b", [](Request&) {});
    rig.link();
    rig.request(1, "a.b", {}, 0ms);
    CHECK(rig.broker.expect<wire::Returned>().as<wire::Returned>().reason == wire::ReturnReason::expired);
    CHECK(rig.service.stats().returned_late == 1);
}

TEST_CASE("what exceeds the window is handed back as full", "[requests]") {
    Rig rig;
    Gate begun, end;
    rig.service.on("a.b", [&](Request&) { begun.open(), end.wait(); }).window(2);
    rig.link();
    rig.request(1, "a.b");
    rig.request(2, "a.b");
    REQUIRE(begun.wait(2));
    rig.request(3, "a.b");
    auto returned = rig.broker.expect<wire::Returned>();
    CHECK(returned.as<wire::Returned>().call == 3);
    CHECK(returned.as<wire::Returned>().reason == wire::ReturnReason::full);
    // A cancelled request gives its place back at once, since the broker does so as well.
    rig.broker.send(rig.peer, wire::Cancel{1});
    rig.request(4, "a.b");
    REQUIRE(begun.wait(3));
    end.open();
    for (int i = 0; i < 3; ++i)
        rig.broker.expect<wire::Reply>();
    rig.settle();
    CHECK(rig.service.stats().in_flight == 0);
}

TEST_CASE("an unknown topic is handed back", "[requests]") {
    Rig rig;
    rig.service.on("a.b", [](Request&) {});
    rig.link();
    rig.request(1, "a.c");
    CHECK(rig.broker.expect<wire::Returned>().as<wire::Returned>().reason ==
          wire::ReturnReason::unknown_topic);
}

TEST_CASE("the most specific pattern takes a request", "[requests]") {
    Rig rig;
    rig.service.on("a.*", [](Request& request) { return "star " + std::string(request.topic()); });
    rig.service.on("a.b", [](Request&) { return std::string("exact"); });
    rig.link();
    rig.request(1, "a.b");
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack("exact"));
    rig.request(2, "a.c");
    CHECK(rig.broker.expect<wire::Reply>().payload() == pack("star a.c"));
}

TEST_CASE("an answer that no payload can be becomes an error", "[requests]") {
    Rig rig;
    rig.service.on("a.big", [](Request&) { return std::string(300 * 1024, 'x'); });
    rig.service.on("a.bad", [](Request&) { return std::string("\xff\xfe"); });
    rig.service.on("a.raw", [](Request&) { return Raw{"\x92\x01"}; });
    rig.link();
    for (const char* topic : {"a.big", "a.bad", "a.raw"}) {
        rig.request(1, topic);
        CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 100);
    }
    CHECK(rig.log.count("the answer cannot be sent") == 3);
}

TEST_CASE("two thousand requests have two thousand outcomes", "[requests]") {
    Rig rig;
    rig.service
        .on("a.b",
            [](Request&, int in) -> Result<int> {
                if (in % 3 == 0) return fail(1003, "three");
                if (in % 5 == 0) throw std::runtime_error("five");
                return in;
            })
        .window(5000);
    rig.link();
    std::vector<int> outcomes(2000, 0);
    for (int i = 0; i < 2000; ++i)
        rig.request(static_cast<wire::CallId>(i), "a.b", pack(i));
    for (int i = 0; i < 2000; ++i) {
        auto outcome = rig.broker.next();
        if (outcome.is<wire::Reply>()) {
            auto call = outcome.as<wire::Reply>().call;
            ++outcomes.at(call);
            CHECK(outcome.payload() == pack(static_cast<int>(call)));
        } else {
            ++outcomes.at(outcome.as<wire::Error>().call);
        }
    }
    CHECK(std::all_of(outcomes.begin(), outcomes.end(), [](int count) { return count == 1; }));
}
