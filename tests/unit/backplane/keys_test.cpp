// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "backplane/dispatch.h"
#include "unit/backplane/keyed_rig.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using core::Routed;
using test::KeyedRig;

constexpr const char* kTopics[] = {"b.1", "b.2", "b.3", "b.4", "b.5", "b.6", "b.7", "b.8"};

TEST_CASE("requests of one key go to one instance, in order", "[keys]") {
    KeyedRig rig;
    for (unsigned i = 1; i <= 3; ++i)
        rig.join(i);
    for (int round = 0; round < 3; ++round) {
        for (const char* topic : kTopics)
            rig.ask(topic);
    }
    std::map<std::string, std::set<core::LinkId>> places;
    std::set<core::LinkId> used;
    for (const auto& sent : rig.outlet.requests) {
        places[sent.topic].insert(sent.link);
        used.insert(sent.link);
    }
    for (const auto& [topic, links] : places)
        CHECK(links.size() == 1);
    CHECK(used.size() > 1);
}

TEST_CASE("a key stays where it has requests, also when its first instance comes back", "[keys]") {
    KeyedRig rig;
    rig.join(1);
    rig.ask("b.1");
    const core::LinkId first = rig.last().link;
    for (unsigned i = 2; i <= 8; ++i)
        rig.join(i);
    for (int i = 0; i < 8; ++i) {
        rig.ask("b.1");
        REQUIRE(rig.last().link == first);
    }
}

TEST_CASE("beyond the window requests of a key wait for their instance and hold nobody up", "[keys]") {
    KeyedRig rig;
    rig.window = 1;
    Instance& a = rig.join(1);
    Instance& b = rig.join(2);
    rig.ask(rig.topic_of(a));
    rig.ask(rig.topic_of(a));
    REQUIRE(rig.outlet.requests.size() == 1);
    rig.ask(rig.topic_of(b));
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.last().link == b.link);
    rig.answer(0);
    REQUIRE(rig.outlet.requests.size() == 3);
    REQUIRE(rig.last().link == a.link);
}

TEST_CASE("all queues of a topic are bounded as one", "[keys]") {
    KeyedRig rig;
    rig.window = 1;
    Instance& a = rig.join(1);
    Instance& b = rig.join(2);
    const std::string of_a = rig.topic_of(a);
    const std::string of_b = rig.topic_of(b);
    rig.ask(of_a);
    rig.ask(of_b);
    SECTION("by their number") {
        rig.options.request_queue_entries = 2;
        REQUIRE(rig.ask(of_a).state == Routed::State::taken);
        REQUIRE(rig.ask(of_b).state == Routed::State::taken);
        REQUIRE(rig.ask(of_a).state == Routed::State::overloaded);
    }
    SECTION("by their bytes") {
        rig.options.request_queue_bytes = 100;
        REQUIRE(rig.ask(of_a, std::string(60, 'x')).state == Routed::State::taken);
        REQUIRE(rig.ask(of_b, std::string(60, 'x')).state == Routed::State::overloaded);
        REQUIRE(rig.ask(of_b, std::string(40, 'x')).state == Routed::State::taken);
    }
    REQUIRE(rig.dispatch.counts().overloaded == 1);
}

TEST_CASE("a key needs memory only while it has requests", "[keys]") {
    KeyedRig rig;
    rig.join(1);
    for (const char* topic : kTopics)
        rig.ask(topic);
    Route& route = rig.route();
    REQUIRE(route.keys.size() == 8);
    for (std::size_t i = 0; i < 7; ++i)
        rig.answer(i);
    REQUIRE(route.keys.size() == 1);
    rig.dispatch.cancel(rig.last_call);
    REQUIRE(route.keys.size() == 1);  // its handler may still run
    rig.answer(7);
    REQUIRE(route.keys.empty());
}

TEST_CASE("a request without a key goes to whoever has least to do", "[keys]") {
    KeyedRig rig;
    rig.route_by = "segment:2";
    rig.window = 1;
    Instance& a = rig.join(1);
    Instance& b = rig.join(2);
    rig.ask("b.1");
    rig.ask("b.1");
    REQUIRE(rig.outlet.requests[0].link != rig.outlet.requests[1].link);
    REQUIRE(rig.route().keys.empty());
    REQUIRE(rig.ask("b.1").state == Routed::State::taken);
    REQUIRE((a.outstanding == 1 && b.outstanding == 1));
    rig.answer(0);
    REQUIRE(rig.outlet.requests.size() == 3);
}

TEST_CASE("with and without a key: who has waited longest is first", "[keys]") {
    KeyedRig rig;
    rig.pattern = ">";
    rig.window = 1;
    rig.join(1);
    rig.ask("b.0");
    const char* second = GENERATE("b", "b.1");
    rig.ask(second);
    rig.ask(std::string_view(second) == "b" ? "b.1" : "b");
    rig.answer(0);
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.last().topic == second);
    rig.answer(1);
    REQUIRE(rig.outlet.requests.size() == 3);
}

TEST_CASE("what waits for an instance that goes is routed anew, in order", "[keys]") {
    KeyedRig rig;
    rig.window = 1;
    Instance& a = rig.join(1);
    Instance& b = rig.join(2);
    const std::string topic = rig.topic_of(a);
    for (int i = 0; i < 4; ++i)
        rig.ask(topic);
    REQUIRE(rig.outlet.requests.size() == 1);
    const core::CallId first = rig.last_call - 3;
    SECTION("it drains") {
        rig.dispatch.drain(a);
    }
    SECTION("it is lost") {
        rig.die(a);
        REQUIRE(rig.outlet.failure(0).message.starts_with("outcome unknown"));
    }
    SECTION("it handles the topic no more") {
        rig.registry.greet(test::greeting("s", a.uuid), a.link);
        rig.dispatch.greeted(a);
    }
    SECTION("it makes no progress") {
        rig.stall(a, 10s);
        REQUIRE(a.stalled);
    }
    for (std::size_t i = 1; i < 4; ++i) {
        REQUIRE(rig.outlet.requests.size() == i + 1);
        REQUIRE(rig.last().link == b.link);
        REQUIRE(rig.last().call == first + i);
        rig.answer(i);
    }
    REQUIRE(rig.route().queued == 0);
    REQUIRE(rig.route().queued_bytes == 0);
}

TEST_CASE("what waits for the last instance that goes is not found", "[keys]") {
    KeyedRig rig;
    rig.window = 1;
    rig.owner = GENERATE(false, true);
    Instance& a = rig.join(1);
    for (int i = 0; i < 3; ++i)
        rig.ask("b.1");
    rig.dispatch.drain(a);
    rig.dispatch.deliver();
    REQUIRE(rig.outlet.outcomes.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        REQUIRE(rig.outlet.failure(i).code == 104);
        REQUIRE(rig.outlet.failure(i).temporary);
    }
    rig.die(a);
    REQUIRE(rig.outlet.outcomes.size() == 3);
    REQUIRE(rig.dispatch.counts().pending == 0);
    REQUIRE(rig.registry.find_route("b.1") == nullptr);
}

TEST_CASE("a returned request of a key keeps its place", "[keys]") {
    KeyedRig rig;
    Instance& a = rig.join(1);
    Instance& b = rig.join(2);
    const std::string topic = rig.topic_of(a);
    SECTION("before later ones of its key") {
        rig.ask(topic);
        rig.ask(topic);
        const core::CallId second = rig.last_call;
        rig.dispatch.returned(a, second, wire::ReturnReason::full);
        rig.ask(topic);
        REQUIRE(rig.outlet.requests.size() == 2);
        rig.clock.advance(rig.options.hold);
        rig.dispatch.tick();
        REQUIRE(rig.outlet.requests.size() == 4);
        REQUIRE(rig.outlet.requests[2].call == second);
        REQUIRE(rig.outlet.requests[2].link == a.link);
        REQUIRE(rig.outlet.requests[3].call == second + 1);
    }
    SECTION("elsewhere if it was the only one of its key") {
        rig.ask(topic);
        rig.dispatch.returned(a, rig.last_call, wire::ReturnReason::full);
        REQUIRE(rig.outlet.requests.size() == 2);
        REQUIRE(rig.last().link == b.link);
    }
}

TEST_CASE("a request that did not leave goes before later ones that wait", "[keys]") {
    KeyedRig rig;
    rig.window = 2;
    rig.route_by = GENERATE("", "segment:1");
    Instance& a = rig.join(1);
    for (int i = 0; i < 4; ++i)
        rig.ask("b.1");
    const core::CallId second = rig.last_call - 2;
    REQUIRE(rig.outlet.requests.size() == 2);
    a.congested = true;
    rig.dispatch.unsent(second);
    a.congested = false;
    rig.dispatch.rebalance();
    REQUIRE(rig.outlet.requests.size() == 3);
    REQUIRE(rig.last().call == second);
    rig.answer(0);
    REQUIRE(rig.last().call == second + 1);
}

TEST_CASE("requests that did not leave go in their order", "[keys]") {
    KeyedRig rig;
    Instance& a = rig.join(1);
    rig.join(2);
    const std::string topic = rig.topic_of(a);
    for (int i = 0; i < 3; ++i)
        rig.ask(topic);
    const core::CallId first = rig.last_call - 2;
    a.congested = true;
    for (std::size_t i = 0; i < 3; ++i)
        rig.dispatch.unsent(first + i);
    a.congested = false;
    const std::size_t before = rig.outlet.requests.size();
    rig.dispatch.rebalance();
    for (std::size_t i = before + 1; i < rig.outlet.requests.size(); ++i)
        CHECK(rig.outlet.requests[i].call > rig.outlet.requests[i - 1].call);
    REQUIRE(rig.route().queued == 0);
}

TEST_CASE("keys of a route that is gone do not outlive it, though their requests run", "[keys]") {
    KeyedRig rig;
    rig.owner = GENERATE(false, true);
    Instance& a = rig.join(1);
    rig.ask("b.1");
    rig.registry.greet(test::greeting("s", a.uuid), a.link);
    rig.dispatch.greeted(a);
    rig.registry.prune();
    REQUIRE(rig.registry.find_route("b.1") == nullptr);
    REQUIRE(rig.dispatch.counts().leases == 0);
    rig.answer(0);
    REQUIRE(rig.outlet.outcomes.size() == 1);
    REQUIRE(rig.dispatch.counts().pending == 0);
    rig.join(1);
    rig.ask("b.1");
    REQUIRE(rig.outlet.requests.size() == 2);
}

// ---- windows

TEST_CASE("a window frame replaces the window of one endpoint", "[window]") {
    KeyedRig rig;
    rig.window = 1;
    rig.route_by = GENERATE("", "segment:1");
    Instance& a = rig.join(1);
    for (int i = 0; i < 4; ++i)
        rig.ask("b.1");
    REQUIRE(rig.outlet.requests.size() == 1);
    rig.dispatch.set_window(a, {"b.*", 3});
    REQUIRE(rig.outlet.requests.size() == 3);
    rig.dispatch.set_window(a, {"b.*", 1});
    rig.answer(0);
    rig.answer(1);
    REQUIRE(rig.outlet.requests.size() == 3);
    rig.answer(2);
    REQUIRE(rig.outlet.requests.size() == 4);
    REQUIRE(rig.dispatch.counts().ignored == 0);
}

TEST_CASE("a window of what the instance does not have, or out of range, is ignored and counted",
          "[window]") {
    KeyedRig rig;
    rig.window = 2;
    Instance& a = rig.join(1);
    rig.dispatch.set_window(a, {"b.1", 5});
    rig.dispatch.set_window(a, {"c", 5});
    rig.dispatch.set_window(a, {"b.*", 0});
    rig.dispatch.set_window(a, {"b.*", 1'000'001});
    REQUIRE(rig.dispatch.counts().ignored == 4);
    REQUIRE(a.endpoints.front()->window == 2);
    rig.dispatch.set_window(a, {"b.*", 1'000'000});
    REQUIRE(a.endpoints.front()->window == 1'000'000);
}

}  // namespace
}  // namespace fairlead::backplane
