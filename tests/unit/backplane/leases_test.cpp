// SPDX-License-Identifier: Apache-2.0
#include "backplane/leases.h"

#include <catch2/catch.hpp>

#include "unit/backplane/keyed_rig.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using core::Routed;

struct Fixture : test::KeyedRig {
    Fixture() { owner = true; }

    Instance& owner_of_last() { return *registry.find(last().link); }
    Instance& other(Instance& than, Instance& a, Instance& b) { return &than == &a ? b : a; }
};

TEST_CASE("the first request of a key makes an owner, who is told before it", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    f.ask("b.1");
    REQUIRE(f.outlet.leases.size() == 1);
    REQUIRE(f.lease().link == a.link);
    REQUIRE(f.lease().key == "1");
    REQUIRE(f.lease().held);
    REQUIRE(f.lease().requests == 0);
    f.ask("b.1");
    f.answer(0);
    f.answer(1);
    REQUIRE(f.outlet.leases.size() == 1);
    REQUIRE(f.dispatch.counts().leases == 1);
    f.ask("b.2");
    REQUIRE(f.outlet.leases.size() == 2);
    REQUIRE(f.lease().fence > f.outlet.leases[0].fence);
}

TEST_CASE("the owner stays, however idle the key and whoever comes", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    f.ask("b.1");
    f.answer(0);
    for (unsigned i = 2; i <= 8; ++i)
        f.join(i);
    f.clock.advance(24h);
    f.ask("b.1");
    REQUIRE(f.last().link == a.link);
    REQUIRE(f.outlet.leases.size() == 1);
}

TEST_CASE("the owner is told also while the request must wait for its window", "[leases]") {
    Fixture f;
    f.window = 1;
    f.join(1);
    f.ask("b.1");
    f.ask("b.2");
    REQUIRE(f.outlet.requests.size() == 1);
    REQUIRE(f.outlet.leases.size() == 2);
}

TEST_CASE("fences begin at the wall clock and are lifted by claims", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    const std::uint64_t start =
        std::chrono::duration_cast<std::chrono::milliseconds>(f.clock.wall().time_since_epoch()).count();
    f.ask("b.1");
    REQUIRE(f.lease().fence == (start << 20) + 1);
    f.claim(a, "2", (start + 1000) << 20);
    REQUIRE(f.lease().key == "2");
    REQUIRE(f.lease().held);
    REQUIRE(f.lease().fence == ((start + 1000) << 20) + 1);
    f.claim(a, "3", ~std::uint64_t{0});  // nobody was given that one
    REQUIRE(f.lease().held);
    REQUIRE(f.lease().fence == ((start + 1000) << 20) + 2);
}

TEST_CASE("who releases a key is not its owner any more", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    f.ask("b.1");
    f.answer(0);
    const std::uint64_t first = f.lease().fence;
    f.release(a, "1", first);
    REQUIRE(f.dispatch.counts().leases == 0);
    REQUIRE(f.route().keys.empty());
    f.ask("b.1");
    REQUIRE(f.lease().fence > first);
    REQUIRE(f.lease().held);
    REQUIRE(f.dispatch.counts().ignored == 0);
}

TEST_CASE("a release while requests wait for the window makes the next owner at once", "[leases]") {
    Fixture f;
    f.window = 1;
    Instance& a = f.join(1);
    f.ask("b.1");
    f.ask("b.1");
    const std::uint64_t first = f.lease().fence;
    f.release(a, "1", first);
    REQUIRE(f.outlet.leases.size() == 2);
    REQUIRE(f.lease().fence > first);
    f.answer(0);
    REQUIRE(f.outlet.requests.size() == 2);
}

TEST_CASE("a release that is out of order is ignored and counted", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    Instance& b = f.join(2);
    f.ask(f.topic_of(a));
    const test::RecordedOutlet::Lease lease = f.lease();
    f.release(b, lease.key, lease.fence);
    f.release(a, lease.key, lease.fence - 1);
    f.release(a, "none", lease.fence);
    f.dispatch.release(a, {"c.*", lease.key, lease.fence});
    REQUIRE(f.dispatch.counts().ignored == 4);
    REQUIRE(f.dispatch.counts().leases == 1);
    f.release(a, lease.key, lease.fence);
    f.release(a, lease.key, lease.fence);
    REQUIRE(f.dispatch.counts().ignored == 5);
}

TEST_CASE("who drains keeps its keys until it releases them, and requests wait", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    f.join(2);
    const std::string topic = f.topic_of(a);
    f.ask(topic);
    const test::RecordedOutlet::Lease lease = f.lease();
    f.dispatch.drain(a);
    REQUIRE(f.outlet.leases.size() == 2);
    REQUIRE(f.lease().link == a.link);
    REQUIRE(f.lease().fence == lease.fence);
    REQUIRE_FALSE(f.lease().held);
    f.ask(topic);
    f.ask(topic);
    REQUIRE(f.outlet.requests.size() == 1);
    SECTION("it releases") {
        f.answer(0);
        REQUIRE(f.outlet.requests.size() == 1);
        f.release(a, lease.key, lease.fence);
        REQUIRE(f.dispatch.counts().unreleased == 0);
    }
    SECTION("it does not") {
        f.pass(4990ms);
        REQUIRE(f.outlet.requests.size() == 1);
        // Core would have cancelled them by now; these have time.
        f.route().keys.find(lease.key)->waiting.front()->request.deadline += 10s;
        f.route().keys.find(lease.key)->waiting.front()->next->request.deadline += 10s;
        f.pass(10ms);
        REQUIRE(f.dispatch.counts().unreleased == 1);
        f.release(a, lease.key, lease.fence);
        REQUIRE(f.dispatch.counts().ignored == 1);
    }
    SECTION("it is lost") {
        f.die(a);
    }
    REQUIRE(f.outlet.requests.size() == 3);
    REQUIRE(f.outlet.requests[1].call + 1 == f.outlet.requests[2].call);
    REQUIRE(f.outlet.requests[1].link == f.last().link);
    REQUIRE(f.last().link != lease.link);
    REQUIRE(f.outlet.leases.size() == 3);
    REQUIRE(f.lease().link == f.last().link);
    REQUIRE(f.lease().held);
    REQUIRE(f.lease().fence > lease.fence);
    REQUIRE(f.lease().requests == 1);
}

TEST_CASE("a drain by a returned request ends leases too, and that request waits", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    Instance& b = f.join(2);
    const std::string topic = f.topic_of(a);
    f.ask(topic);
    f.dispatch.returned(a, f.last_call, wire::ReturnReason::drain);
    REQUIRE_FALSE(f.lease().held);
    REQUIRE(f.outlet.requests.size() == 1);
    f.release(a, f.lease().key, f.lease().fence);
    REQUIRE(f.outlet.requests.size() == 2);
    REQUIRE(f.last().link == b.link);
}

TEST_CASE("what an owner hands back waits for it, or for its release, until the deadline", "[leases]") {
    Fixture f;
    f.options.max_attempts = 2;
    Instance& a = f.join(1);
    f.join(2);
    f.ask(f.topic_of(a));
    const core::CallId call = f.last_call;
    for (int i = 0; i < 10; ++i) {
        f.dispatch.returned(a, call, wire::ReturnReason::full);
        f.pass(f.options.hold);
        REQUIRE(f.outlet.outcomes.empty());
        REQUIRE(f.last().link == a.link);
    }
    f.dispatch.returned(a, call, wire::ReturnReason::full);
    f.release(a, f.lease().key, f.lease().fence);
    REQUIRE(f.last().link != a.link);
    REQUIRE(f.last().call == call);
}

TEST_CASE("the keys of a lost owner are free at once", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    f.ask("b.1");
    f.answer(0);
    const std::uint64_t first = f.lease().fence;
    f.die(a);
    REQUIRE(f.dispatch.counts().leases == 0);
    Instance& b = f.join(2);
    f.ask("b.1");
    REQUIRE(f.lease().link == b.link);
    REQUIRE(f.lease().fence > first);
}

TEST_CASE("a claim is answered with what is so", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    Instance& b = f.join(2);
    const std::string topic = f.topic_of(a);
    f.ask(topic);
    const test::RecordedOutlet::Lease lease = f.lease();
    SECTION("its own: the same again") {
        f.claim(a, lease.key, lease.fence - 7);
        REQUIRE(f.lease().held);
        REQUIRE(f.lease().fence == lease.fence);
    }
    SECTION("free: a larger fence") {
        f.claim(b, "free", lease.fence - 7);
        REQUIRE(f.lease().link == b.link);
        REQUIRE(f.lease().held);
        REQUIRE(f.lease().fence > lease.fence);
        f.ask("b.free");
        REQUIRE(f.last().link == b.link);
    }
    SECTION("somebody else's: not held") {
        f.claim(b, lease.key, lease.fence - 7);
        REQUIRE(f.lease().link == b.link);
        REQUIRE(f.lease().fence == lease.fence - 7);
        REQUIRE_FALSE(f.lease().held);
    }
    SECTION("its own that ends: not held") {
        f.dispatch.drain(a);
        f.claim(a, lease.key, lease.fence);
        REQUIRE_FALSE(f.lease().held);
        REQUIRE(f.outlet.leases.size() == 3);
    }
    SECTION("of one that drains: not held") {
        f.dispatch.drain(b);
        f.claim(b, "free", 1);
        REQUIRE_FALSE(f.lease().held);
    }
    SECTION("of a topic that it does not handle: not held") {
        f.dispatch.claim(b, {"c.*", "free", 1});
        REQUIRE_FALSE(f.lease().held);
    }
    SECTION("of no key: not held") {
        f.claim(b, "", 1);
        REQUIRE_FALSE(f.lease().held);
        f.claim(b, std::string(256, 'k'), 1);
        REQUIRE_FALSE(f.lease().held);
    }
    REQUIRE(f.dispatch.counts().ignored == 0);
}

TEST_CASE("a claim of a topic without owners is not held", "[leases]") {
    Fixture f;
    f.owner = false;
    Instance& a = f.join(1);
    f.claim(a, "1", 1);
    REQUIRE_FALSE(f.lease().held);
    REQUIRE(f.route().keys.empty());
}

TEST_CASE("who took its link over is told again what it owns", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    f.ask("b.1");
    f.ask("b.2");
    f.outlet.leases.clear();
    f.dispatch.tell_leases(a);
    REQUIRE(f.outlet.leases.size() == 2);
    REQUIRE((f.outlet.leases[0].held && f.outlet.leases[1].held));
    f.dispatch.drain(a);
    f.outlet.leases.clear();
    f.dispatch.tell_leases(a);
    REQUIRE(f.outlet.leases.size() == 2);
    REQUIRE_FALSE((f.outlet.leases[0].held || f.outlet.leases[1].held));
}

TEST_CASE("leases are bounded, and a request that needs one more is overloaded", "[leases]") {
    Fixture f;
    f.options.max_leases = 2;
    Instance& a = f.join(1);
    f.ask("b.1");
    f.ask("b.2");
    f.ask("b.3");
    f.dispatch.deliver();
    REQUIRE(f.outlet.requests.size() == 2);
    REQUIRE(f.outlet.outcomes.size() == 1);
    REQUIRE(f.outlet.failure(0).code == 111);
    REQUIRE(f.route().keys.size() == 2);
    f.claim(a, "4", 1);
    REQUIRE_FALSE(f.lease().held);
    f.ask("b.1");
    REQUIRE(f.outlet.requests.size() == 3);
    f.release(a, "2", f.outlet.leases[1].fence);
    f.ask("b.3");
    REQUIRE(f.outlet.requests.size() == 4);
}

TEST_CASE("a request without a key is refused where keys have owners", "[leases]") {
    Fixture f;
    f.route_by = "segment:2";
    f.join(1);
    REQUIRE(f.ask("b.1").state == Routed::State::taken);
    REQUIRE(f.outlet.outcomes.empty());  // not inside the call
    REQUIRE(f.dispatch.has_outcomes());
    f.dispatch.deliver();
    REQUIRE(f.outlet.failure(0).code == 107);
    REQUIRE(f.outlet.failure(0).message == "a request for b.1 needs a key: its segment:2, 1 to 255 bytes");
    REQUIRE(f.outlet.requests.empty());
}

TEST_CASE("the keys of a stalled owner stay, and what waits for it too", "[leases]") {
    Fixture f;
    f.window = 1;
    Instance& a = f.join(1);
    f.join(2);
    const std::string topic = f.topic_of(a);
    for (int i = 0; i < 3; ++i)
        f.ask(topic);
    f.stall(a, 10s);
    REQUIRE(a.stalled);
    REQUIRE(f.outlet.requests.size() == 1);
    REQUIRE(f.outlet.leases.size() == 1);
    f.answer(0);
    REQUIRE_FALSE(a.stalled);
    REQUIRE(f.outlet.requests.size() == 2);
    REQUIRE(f.last().link == a.link);
    REQUIRE(f.last().call + 1 == f.last_call);
}

TEST_CASE("an owner that handles the topic no more is told and has time to release", "[leases]") {
    Fixture f;
    Instance& a = f.join(1);
    Instance& b = f.join(2);
    const std::string topic = f.topic_of(a);
    f.ask(topic);
    f.answer(0);
    f.registry.greet(test::greeting("s", a.uuid), a.link);
    f.dispatch.greeted(a);
    REQUIRE_FALSE(f.lease().held);
    f.ask(topic);
    REQUIRE(f.outlet.requests.size() == 1);
    f.release(a, f.lease().key, f.lease().fence);
    REQUIRE(f.outlet.requests.size() == 2);
    REQUIRE(f.last().link == b.link);
}

TEST_CASE("a key whose topic gets owners meanwhile gets one with its next request", "[leases]") {
    Fixture f;
    f.owner = false;
    Instance& a = f.join(1);
    f.ask("b.1");
    REQUIRE(f.outlet.leases.empty());
    f.owner = true;
    f.join(2);
    f.ask("b.1");
    REQUIRE(f.outlet.leases.size() == 1);
    REQUIRE(f.lease().link == a.link);
    REQUIRE(f.last().link == a.link);
    f.answer(0);
    f.answer(1);
    REQUIRE(f.dispatch.counts().leases == 1);
}

}  // namespace
}  // namespace fairlead::backplane
