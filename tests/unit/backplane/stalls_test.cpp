// SPDX-License-Identifier: Apache-2.0
#include "backplane/stalls.h"

#include <catch2/catch.hpp>

#include "unit/backplane/keyed_rig.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;

/// Two instances; what is asked has a deadline of 100 ms, at which core cancels it.
struct Fixture : test::KeyedRig {
    Fixture() {
        route_by = "";
        options.request_deadline = 100ms;
        a = &join(1);
    }
    void ask_and_give_up() {
        ask("b.1");
        pass(100ms);
        dispatch.cancel(last_call);
    }
    bool logged(std::string_view text) const { return log.has(text); }

    Instance* a = nullptr;
};

TEST_CASE("an instance that gives no outcome for a second after a deadline gets nothing more", "[stalls]") {
    Fixture f;
    f.ask_and_give_up();
    f.pass(900ms);
    REQUIRE_FALSE(f.a->stalled);
    f.pass(200ms);
    REQUIRE(f.a->stalled);
    REQUIRE(f.dispatch.counts().stalled == 1);
    REQUIRE(f.log.count("makes no progress") == 1);
    f.ask("b.1");
    REQUIRE(f.outlet.requests.size() == 1);
    Instance& b = f.join(2);
    REQUIRE(f.last().link == b.link);
    f.pass(5s);
    REQUIRE(f.log.count("an instance makes no progress") == 2);  // b gives no outcome either
}

TEST_CASE("the next outcome ends a stall", "[stalls]") {
    Fixture f;
    f.ask_and_give_up();
    f.pass(1200ms);
    REQUIRE(f.a->stalled);
    f.ask("b.1");
    REQUIRE(f.outlet.requests.size() == 1);
    SECTION("of a request that was cancelled") {
        f.answer(0);
    }
    SECTION("handed back") {
        f.dispatch.returned(*f.a, f.outlet.requests[0].call, wire::ReturnReason::expired);
    }
    SECTION("of a request that nobody knows") {
        f.dispatch.answered(*f.a, 1, std::string("\x01"));
    }
    REQUIRE_FALSE(f.a->stalled);
    REQUIRE(f.outlet.requests.size() == 2);
    REQUIRE(f.log.count("gets requests again") == 1);
}

TEST_CASE("one that has an outcome after the deadline only is slow", "[stalls]") {
    Fixture f;
    f.ask("b.1");
    f.ask_and_give_up();
    f.pass(500ms);
    f.answer(0);
    f.pass(10s);
    REQUIRE_FALSE(f.a->stalled);
}

TEST_CASE("one that works on a request with a long deadline makes progress", "[stalls]") {
    Fixture f;
    core::Request request;
    request.call = ++f.last_call;
    request.topic = "b.1";
    request.deadline = f.clock.now() + 10min;
    f.dispatch.request(std::move(request));
    f.pass(1min);
    REQUIRE_FALSE(f.a->stalled);
}

TEST_CASE("a stalled instance that holds nothing any more gets requests again", "[stalls]") {
    Fixture f;
    f.options.cancel_grace = 3s;
    f.ask_and_give_up();
    f.pass(2900ms);
    REQUIRE(f.a->stalled);
    f.pass(200ms);
    REQUIRE_FALSE(f.a->stalled);
    f.ask("b.1");
    REQUIRE(f.outlet.requests.size() == 2);
}

TEST_CASE("a pause of the broker itself is nobody's stall", "[stalls]") {
    Fixture f;
    f.pass(100ms);
    f.ask("b.1");
    f.clock.advance(10s);
    f.dispatch.tick();
    REQUIRE_FALSE(f.a->stalled);
    f.answer(0);
    f.pass(1s);
    REQUIRE_FALSE(f.a->stalled);
}

TEST_CASE("one that is lost while it is stalled is not said to go on", "[stalls]") {
    Fixture f;
    f.ask_and_give_up();
    f.pass(1200ms);
    REQUIRE(f.a->stalled);
    f.die(*f.a);
    REQUIRE_FALSE(f.logged("gets requests again"));
}

}  // namespace
}  // namespace fairlead::backplane
