// SPDX-License-Identifier: Apache-2.0
#include "backplane/dispatch.h"

#include <catch2/catch.hpp>

#include "unit/backplane/rig.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using core::Routed;
using test::endpoint;
using test::Rig;

core::Outcome reply(std::string payload = "\x01") {
    return core::Outcome(std::move(payload));
}

TEST_CASE("a request goes to an instance and its reply settles it", "[dispatch]") {
    Rig rig;
    Instance& a = rig.join("orders", 1, {endpoint("orders.create")});
    Routed routed = rig.ask("orders.create");
    REQUIRE(routed.state == Routed::State::taken);
    REQUIRE(routed.deadline == rig.clock.now() + 4s);
    REQUIRE(rig.outlet.requests.size() == 1);
    REQUIRE(rig.outlet.requests[0].link == a.link);
    REQUIRE(rig.outlet.requests[0].attempt == 1);
    REQUIRE(a.outstanding == 1);
    rig.dispatch.answered(a, rig.last_call, reply("\x07"));
    REQUIRE(rig.outlet.outcomes.size() == 1);
    REQUIRE(rig.outlet.outcomes[0].first == rig.last_call);
    REQUIRE(std::get<std::string>(rig.outlet.outcomes[0].second) == "\x07");
    REQUIRE(a.outstanding == 0);
    REQUIRE(rig.dispatch.counts().pending == 0);
}

TEST_CASE("a topic that nobody registered is not found at once", "[dispatch]") {
    Rig rig;
    REQUIRE(rig.ask("orders.create").state == Routed::State::not_found);
    rig.join("orders", 1, {endpoint("orders.create")}).draining = true;
    REQUIRE(rig.ask("orders.create").state == Routed::State::not_found);
    REQUIRE(rig.dispatch.counts().not_found == 2);
}

TEST_CASE("the endpoint's timeout is the deadline of a request that names none", "[dispatch]") {
    Rig rig;
    wire::Endpoint slow = endpoint("a");
    slow.timeout = 30s;
    rig.join("s", 1, {slow});
    REQUIRE(rig.ask("a").deadline == rig.clock.now() + 30s);
    core::Request request;
    request.call = ++rig.last_call;
    request.topic = "a";
    request.deadline = rig.clock.now() + 1s;
    REQUIRE(rig.dispatch.request(std::move(request)).deadline == rig.clock.now() + 1s);
}

TEST_CASE("beyond the window requests wait in order, beyond the queue they are refused", "[dispatch]") {
    Rig rig;
    rig.options.request_queue_entries = 2;
    Instance& a = rig.join("s", 1, {endpoint("a", 1)});
    REQUIRE(rig.ask("a").state == Routed::State::taken);
    REQUIRE(rig.ask("a").state == Routed::State::taken);
    REQUIRE(rig.ask("a").state == Routed::State::taken);
    REQUIRE(rig.ask("a").state == Routed::State::overloaded);
    REQUIRE(rig.outlet.requests.size() == 1);
    core::CallId first = rig.outlet.requests[0].call;
    rig.dispatch.answered(a, first, reply());
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.outlet.requests[1].call == first + 1);
    REQUIRE(rig.dispatch.counts().overloaded == 1);
}

TEST_CASE("the queue of a topic is bounded in bytes too", "[dispatch]") {
    Rig rig;
    rig.options.request_queue_bytes = 100;
    rig.join("s", 1, {endpoint("a", 0)});
    REQUIRE(rig.ask("a", std::string(60, 'x')).state == Routed::State::taken);
    REQUIRE(rig.ask("a", std::string(60, 'x')).state == Routed::State::overloaded);
    REQUIRE(rig.ask("a", std::string(40, 'x')).state == Routed::State::taken);
}

TEST_CASE("a wider window and a new instance take what waits", "[dispatch]") {
    Rig rig;
    rig.join("s", 1, {endpoint("a", 0)});
    rig.ask("a");
    rig.ask("a");
    rig.join("s", 1, {endpoint("a", 1)});
    REQUIRE(rig.outlet.requests.size() == 1);
    Instance& b = rig.join("s", 2, {endpoint("a", 1)});
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.outlet.requests[1].link == b.link);
}

TEST_CASE("a request is not sent after its deadline", "[dispatch]") {
    Rig rig;
    rig.options.request_queue_entries = 1;
    Instance& a = rig.join("s", 1, {endpoint("a", 1)});
    rig.ask("a");
    core::CallId first = rig.last_call;
    rig.ask("a");
    core::CallId waits = rig.last_call;
    rig.clock.advance(4s);
    SECTION("when a window is free") {
        rig.dispatch.answered(a, first, reply());
        REQUIRE(rig.outlet.requests.size() == 1);
    }
    SECTION("and it makes room in the queue") {
        REQUIRE(rig.ask("a").state == Routed::State::taken);
    }
    SECTION("when it is returned") {
        rig.dispatch.returned(a, first, wire::ReturnReason::expired);
        REQUIRE(rig.outlet.requests.size() == 1);
    }
    rig.dispatch.cancel(waits);
    REQUIRE(rig.outlet.cancels.empty());
}

TEST_CASE("a cancel tells the instance and its late answer is dropped and counted", "[dispatch]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 1)});
    rig.ask("a");
    core::CallId first = rig.last_call;
    rig.ask("a");
    rig.dispatch.cancel(first);
    REQUIRE(rig.outlet.cancels == std::vector<std::pair<core::LinkId, core::CallId>>{{a.link, first}});
    rig.dispatch.cancel(first);
    REQUIRE(rig.outlet.cancels.size() == 1);
    // Its handler may still run, so the window is not free yet.
    REQUIRE(rig.outlet.requests.size() == 1);
    rig.dispatch.answered(a, first, reply());
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.outlet.outcomes.empty());
    REQUIRE(rig.dispatch.counts().late == 1);
    rig.dispatch.answered(a, first, reply());
    REQUIRE(rig.dispatch.counts().late == 2);
}

TEST_CASE("a cancelled request that is never answered gives its place back after a grace", "[dispatch]") {
    Rig rig;
    rig.options.cancel_grace = 1s;
    Instance& a = rig.join("s", 1, {endpoint("a", 1)});
    rig.ask("a");
    rig.dispatch.cancel(rig.last_call);
    rig.ask("a");
    rig.clock.advance(999ms);
    rig.dispatch.tick();
    REQUIRE(rig.outlet.requests.size() == 1);
    rig.clock.advance(1ms);
    rig.dispatch.tick();
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(a.outstanding == 1);
    REQUIRE(rig.dispatch.counts().pending == 1);
}

TEST_CASE("a cancelled request in the queue is never sent", "[dispatch]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 1)});
    rig.ask("a");
    rig.ask("a");
    rig.dispatch.cancel(rig.last_call);
    rig.dispatch.answered(a, rig.last_call - 1, reply());
    REQUIRE(rig.outlet.requests.size() == 1);
    REQUIRE(rig.dispatch.counts().pending == 0);
}

TEST_CASE("calls of another boot are dropped and counted apart", "[dispatch]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    rig.dispatch.answered(a, (core::CallId{9} << 48) + 1, reply());
    rig.dispatch.returned(a, (core::CallId{9} << 48) + 1, wire::ReturnReason::full);
    REQUIRE(rig.dispatch.counts().other_boot == 2);
    REQUIRE(rig.dispatch.counts().late == 0);
    REQUIRE(rig.outlet.outcomes.empty());
}

TEST_CASE("only the instance that holds a request can answer it", "[dispatch]") {
    Rig rig;
    rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    Instance& b = rig.join("t", 2, {endpoint("b")});
    rig.dispatch.answered(b, rig.last_call, reply());
    rig.dispatch.returned(b, rig.last_call, wire::ReturnReason::full);
    REQUIRE(rig.outlet.outcomes.empty());
    REQUIRE(rig.outlet.requests.size() == 1);
    REQUIRE(rig.dispatch.counts().late == 2);
}

// ---- the rules of retrying, one by one

TEST_CASE("never left: a queued request is given to another instance", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 0)});
    Instance& b = rig.join("s", 2, {endpoint("a", 0)});
    rig.ask("a");
    rig.die(a);
    REQUIRE(rig.outlet.outcomes.empty());
    b.endpoints.front()->window = 1;
    rig.dispatch.rebalance();
    REQUIRE(rig.outlet.requests.size() == 1);
    REQUIRE(rig.outlet.requests[0].link == b.link);
}

TEST_CASE("send failed: the request goes to another instance and counts no attempt", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 1)});
    rig.ask("a");
    Instance& b = rig.join("s", 2, {endpoint("a", 1)});
    SECTION("the link is congested") {
        a.congested = true;
        rig.dispatch.unsent(rig.last_call);
    }
    SECTION("the link is gone") {
        rig.registry.detach(a);
        rig.dispatch.unsent(rig.last_call);
        rig.dispatch.lost(a);
    }
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.outlet.requests[1].link == b.link);
    REQUIRE(rig.outlet.requests[1].attempt == 1);
    REQUIRE(rig.outlet.outcomes.empty());
}

TEST_CASE("send failed and nobody is left: not found, and temporary", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 1)});
    rig.ask("a");
    rig.ask("a");
    rig.registry.detach(a);
    rig.dispatch.unsent(rig.last_call - 1);
    rig.die(a);
    REQUIRE(rig.outlet.outcomes.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        REQUIRE(rig.outlet.failure(i).code == 104);
        REQUIRE(rig.outlet.failure(i).temporary);
    }
}

TEST_CASE("send failed: what was cancelled meanwhile is forgotten", "[dispatch][retry]") {
    Rig rig;
    rig.join("s", 1, {endpoint("a", 1)});
    rig.ask("a");
    rig.dispatch.cancel(rig.last_call);
    rig.dispatch.unsent(rig.last_call);
    REQUIRE(rig.dispatch.counts().pending == 0);
    REQUIRE(rig.outlet.requests.size() == 1);
}

TEST_CASE("returned: the request goes to another instance", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    Instance& b = rig.join("s", 2, {endpoint("a")});
    auto reason =
        GENERATE(wire::ReturnReason::drain, wire::ReturnReason::full, wire::ReturnReason::unknown_topic);
    rig.dispatch.returned(a, rig.last_call, reason);
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.outlet.requests[1].link == b.link);
    REQUIRE(rig.outlet.requests[1].attempt == 2);
    REQUIRE(a.draining == (reason == wire::ReturnReason::drain));
}

TEST_CASE("returned by the only instance: it waits, and is asked again after the hold", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    rig.dispatch.returned(a, rig.last_call, wire::ReturnReason::full);
    rig.dispatch.tick();
    REQUIRE(rig.outlet.requests.size() == 1);
    rig.clock.advance(rig.options.hold);
    rig.dispatch.tick();
    REQUIRE(rig.outlet.requests.size() == 2);
}

TEST_CASE("returned: attempts are bounded", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    auto [reason, code] = GENERATE(table<wire::ReturnReason, std::uint32_t>(
        {{wire::ReturnReason::full, 111}, {wire::ReturnReason::unknown_topic, 104}}));
    for (std::uint32_t i = 0; i < rig.options.max_attempts; ++i) {
        rig.dispatch.returned(a, rig.last_call, reason);
        rig.clock.advance(rig.options.hold);
        rig.dispatch.tick();
    }
    rig.dispatch.deliver();
    REQUIRE(rig.outlet.requests.size() == rig.options.max_attempts);
    REQUIRE(rig.outlet.outcomes.size() == 1);
    REQUIRE(rig.outlet.failure(0).code == code);
    REQUIRE(rig.dispatch.counts().pending == 0);
}

TEST_CASE("returned by the last instance as it drains: not found, also what waits", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 1)});
    rig.ask("a");
    rig.ask("a");
    rig.dispatch.returned(a, rig.last_call - 1, wire::ReturnReason::drain);
    rig.dispatch.deliver();
    REQUIRE(rig.outlet.outcomes.size() == 2);
    REQUIRE(rig.outlet.failure(0).code == 104);
    REQUIRE(rig.outlet.failure(1).code == 104);
}

TEST_CASE("returned and cancelled: it is forgotten and the window is free", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 1)});
    rig.ask("a");
    rig.ask("a");
    rig.dispatch.cancel(rig.last_call - 1);
    rig.dispatch.returned(a, rig.last_call - 1, wire::ReturnReason::expired);
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.outlet.requests[1].call == rig.last_call);
    REQUIRE(rig.dispatch.counts().pending == 1);
}

TEST_CASE("handed over and lost, idempotent: another instance gets it", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 8, true)});
    rig.ask("a");
    Instance& b = rig.join("s", 2, {endpoint("a", 8, true)});
    core::LinkId dead = a.link;
    rig.die(a);
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.outlet.requests[0].link == dead);
    REQUIRE(rig.outlet.requests[1].link == b.link);
    REQUIRE(rig.outlet.requests[1].attempt == 2);
    REQUIRE(rig.outlet.outcomes.empty());
}

TEST_CASE("handed over and lost, idempotent: what must wait keeps its order", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 3, true)});
    for (int i = 0; i < 3; ++i)
        rig.ask("a");
    Instance& b = rig.join("s", 2, {endpoint("a", 0, true)});
    rig.die(a);
    b.endpoints.front()->window = 3;
    rig.dispatch.rebalance();
    REQUIRE(rig.outlet.requests.size() == 6);
    for (std::size_t i = 0; i < 3; ++i)
        REQUIRE(rig.outlet.requests[i + 3].call == rig.outlet.requests[i].call);
}

TEST_CASE("handed over and lost, idempotent, nobody left: internal and temporary", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 8, true)});
    rig.ask("a");
    rig.die(a);
    REQUIRE(rig.outlet.failure(0).code == 100);
    REQUIRE(rig.outlet.failure(0).temporary);
}

TEST_CASE("a request that kills each instance stops somewhere", "[dispatch][retry]") {
    Rig rig;
    std::vector<Instance*> instances;
    for (unsigned i = 1; i <= 10; ++i)
        instances.push_back(&rig.join("s", i, {endpoint("a", 8, true)}));
    rig.ask("a");
    while (rig.outlet.outcomes.empty()) {
        core::LinkId holder = rig.outlet.requests.back().link;
        rig.die(*rig.registry.find(holder));
        rig.clock.advance(150ms);
        rig.dispatch.tick();
    }
    REQUIRE(rig.outlet.requests.size() == rig.options.max_attempts);
    REQUIRE(rig.outlet.failure(0).message.starts_with("outcome unknown"));
    REQUIRE_FALSE(rig.outlet.failure(0).temporary);
}

TEST_CASE("lost once more: the request rests before it is repeated", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 8, true)});
    rig.ask("a");
    Instance& b = rig.join("s", 2, {endpoint("a", 8, true)});
    rig.die(a);
    REQUIRE(rig.outlet.requests.size() == 2);
    rig.join("s", 3, {endpoint("a", 8, true)});
    rig.die(b);
    REQUIRE(rig.outlet.requests.size() == 2);
    REQUIRE(rig.outlet.outcomes.empty());
    SECTION("for 20 to 100 ms") {
        rig.clock.advance(19ms);
        rig.dispatch.tick();
        REQUIRE(rig.outlet.requests.size() == 2);
        rig.clock.advance(81ms);
        rig.dispatch.tick();
        REQUIRE(rig.outlet.requests.size() == 3);
    }
    SECTION("unless it is cancelled") {
        rig.dispatch.cancel(rig.last_call);
        REQUIRE(rig.dispatch.counts().pending == 0);
        rig.clock.advance(1s);
        rig.dispatch.tick();
        REQUIRE(rig.outlet.requests.size() == 2);
    }
}

TEST_CASE("lost once more: the rest ends before the deadline", "[dispatch][retry]") {
    Rig rig;
    rig.options.request_deadline = 10ms;
    Instance& a = rig.join("s", 1, {endpoint("a", 8, true)});
    rig.ask("a");
    Instance& b = rig.join("s", 2, {endpoint("a", 8, true)});
    rig.join("s", 3, {endpoint("a", 8, true)});
    rig.die(a);
    rig.die(*rig.registry.find(rig.outlet.requests.back().link == b.link ? b.link
                                                                         : rig.outlet.requests.back().link));
    REQUIRE(rig.outlet.requests.size() == 2);
    rig.clock.advance(5ms);
    rig.dispatch.tick();
    REQUIRE(rig.outlet.requests.size() == 3);
}

TEST_CASE("lost requests beyond the budget of their route are not repeated", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 64, true)});
    for (int i = 0; i < 20; ++i)
        rig.ask("a");
    rig.join("s", 2, {endpoint("a", 64, true)});
    rig.die(a);
    REQUIRE(rig.outlet.requests.size() == 20 + 10 + 20 / 5);
    REQUIRE(rig.outlet.outcomes.size() == 6);
    REQUIRE(rig.outlet.failure(0).code == 100);
    REQUIRE(rig.outlet.failure(0).temporary);
    REQUIRE(rig.outlet.failure(0).message == "the instance was lost, and the retry budget of a is used up");
    REQUIRE(rig.dispatch.counts().over_budget == 6);
    REQUIRE(rig.dispatch.counts().outcome_unknown == 0);
}

TEST_CASE("what never left or was returned costs no budget", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a", 64, true)});
    for (int i = 0; i < 20; ++i)
        rig.ask("a");
    const core::CallId first = rig.last_call - 19;
    a.congested = true;
    rig.join("s", 2, {endpoint("a", 64, true)});
    for (core::CallId call = first; call < first + 10; ++call)
        rig.dispatch.unsent(call);
    for (core::CallId call = first + 10; call < first + 20; ++call)
        rig.dispatch.returned(a, call, wire::ReturnReason::full);
    REQUIRE(rig.outlet.requests.size() == 40);
    Instance& b = *rig.registry.find(rig.outlet.requests.back().link);
    a.congested = false;
    rig.clock.advance(rig.options.hold);
    rig.die(b);
    REQUIRE(rig.outlet.requests.size() == 40 + 14);
}

TEST_CASE("handed over and lost, not idempotent: outcome unknown, not temporary", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("orders", 1, {endpoint("a")});
    rig.ask("a");
    rig.join("orders", 2, {endpoint("a")});
    rig.die(a);
    REQUIRE(rig.outlet.requests.size() == 1);
    REQUIRE(rig.outlet.outcomes.size() == 1);
    REQUIRE(rig.outlet.failure(0).code == 100);
    REQUIRE(rig.outlet.failure(0).message.starts_with("outcome unknown"));
    REQUIRE_FALSE(rig.outlet.failure(0).temporary);
    REQUIRE(rig.dispatch.counts().outcome_unknown == 1);
}

TEST_CASE("handed over, cancelled and lost: nothing more is said", "[dispatch][retry]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    rig.dispatch.cancel(rig.last_call);
    rig.die(a);
    REQUIRE(rig.outlet.outcomes.empty());
    REQUIRE(rig.dispatch.counts().pending == 0);
}

// ---- a connection that was replaced

TEST_CASE("what a returned instance lists as running is kept, the rest is lost", "[dispatch][takeover]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    rig.ask("a");
    std::vector<core::CallId> running{rig.last_call};
    auto suspects = rig.dispatch.not_listed(a, running);
    rig.dispatch.lost(a, suspects);
    rig.dispatch.deliver();
    REQUIRE(rig.outlet.outcomes.size() == 1);
    REQUIRE(rig.outlet.outcomes[0].first == rig.last_call - 1);
    REQUIRE(rig.outlet.failure(0).message.starts_with("outcome unknown"));
    rig.dispatch.answered(a, rig.last_call, reply());
    REQUIRE(rig.outlet.outcomes.size() == 2);
}

TEST_CASE("an answer that was still on its way in saves a request that is not listed",
          "[dispatch][takeover]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    auto suspects = rig.dispatch.not_listed(a, {});
    rig.dispatch.answered(a, rig.last_call, reply());
    rig.dispatch.lost(a, suspects);
    rig.dispatch.deliver();
    REQUIRE(rig.outlet.outcomes.size() == 1);
    REQUIRE(rig.outlet.outcomes[0].second.index() == 0);
}

TEST_CASE("a suspect that was handed over anew is no suspect", "[dispatch][takeover]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    auto suspects = rig.dispatch.not_listed(a, {});
    rig.dispatch.returned(a, rig.last_call, wire::ReturnReason::expired);
    REQUIRE(rig.outlet.requests.size() == 2);
    rig.dispatch.lost(a, suspects);
    rig.dispatch.deliver();
    REQUIRE(rig.outlet.outcomes.empty());
}

TEST_CASE("what runs for nobody is cancelled when the instance is back", "[dispatch][takeover]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    rig.ask("a");
    rig.dispatch.cancel(rig.last_call);
    rig.outlet.cancels.clear();
    std::vector<core::CallId> running{rig.last_call, rig.last_call + 100};
    REQUIRE(rig.dispatch.not_listed(a, running).empty());
    REQUIRE(rig.outlet.cancels.size() == 2);
}

TEST_CASE("a request whose header is too long is settled, but not inside the call", "[dispatch]") {
    Rig rig;
    Instance& a = rig.join("s", 1, {endpoint("a")});
    core::Request request;
    request.call = ++rig.last_call;
    request.topic = "a";
    request.trace = "unsendable";
    REQUIRE(rig.dispatch.request(std::move(request)).state == Routed::State::taken);
    REQUIRE(rig.outlet.outcomes.empty());
    REQUIRE(rig.dispatch.deliver());
    REQUIRE(rig.outlet.failure(0).code == 106);
    REQUIRE(a.outstanding == 0);
    REQUIRE_FALSE(rig.dispatch.deliver());
}

}  // namespace
}  // namespace fairlead::backplane
