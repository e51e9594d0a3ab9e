// SPDX-License-Identifier: Apache-2.0
#include "backplane/balancer.h"

#include <catch2/catch.hpp>
#include <set>

namespace fairlead::backplane {
namespace {

/// A route with so many instances, each with one endpoint.
struct Fixture {
    explicit Fixture(std::size_t count, std::uint32_t window = 4) : instances(count), endpoints(count) {
        for (std::size_t i = 0; i < count; ++i) {
            endpoints[i].instance = &instances[i];
            endpoints[i].route = &route;
            endpoints[i].window = window;
            route.endpoints.push_back(&endpoints[i]);
        }
    }
    Endpoint* pick() { return balancer.pick(route, now); }
    void load(std::size_t i, std::uint32_t requests) {
        endpoints[i].outstanding = instances[i].outstanding = requests;
    }

    base::Steady now{std::chrono::hours(1)};
    Route route;
    std::vector<Instance> instances;
    std::vector<Endpoint> endpoints;
    Balancer balancer;
};

TEST_CASE("the instance with the least outstanding is picked", "[balancer]") {
    Fixture f(3);
    f.load(0, 2);
    f.load(1, 1);
    f.load(2, 3);
    REQUIRE(f.pick() == &f.endpoints[1]);
}

TEST_CASE("what an instance holds of other topics counts as load", "[balancer]") {
    Fixture f(2);
    f.instances[0].outstanding = 5;
    f.load(1, 3);
    REQUIRE(f.pick() == &f.endpoints[1]);
}

TEST_CASE("of equal instances each is picked in turn", "[balancer]") {
    Fixture f(4);
    std::set<Endpoint*> picked;
    for (int i = 0; i < 4; ++i)
        picked.insert(f.pick());
    REQUIRE(picked.size() == 4);
    REQUIRE(f.pick() == &f.endpoints[0]);
}

TEST_CASE("nobody is picked beyond the window", "[balancer]") {
    Fixture f(2, 1);
    f.load(0, 1);
    f.load(1, 1);
    REQUIRE(f.pick() == nullptr);
    f.endpoints[1].window = 0;
    f.load(1, 0);
    REQUIRE(f.pick() == nullptr);
}

TEST_CASE("who drains, is congested or on hold is passed over", "[balancer]") {
    Fixture f(1);
    SECTION("drains") {
        f.instances[0].draining = true;
    }
    SECTION("congested") {
        f.instances[0].congested = true;
    }
    SECTION("on hold") {
        f.endpoints[0].held_until = f.now + std::chrono::milliseconds(1);
    }
    REQUIRE(f.pick() == nullptr);
}

TEST_CASE("who makes no progress is passed over", "[balancer]") {
    Fixture f(1);
    f.instances[0].stalled = true;
    REQUIRE(f.pick() == nullptr);
}

TEST_CASE("what a slow instance has counts as many times over as it is slower", "[balancer]") {
    using namespace std::chrono_literals;
    Fixture f(2, 100);
    f.endpoints[0].latency.add(1ms, f.now);
    f.endpoints[1].latency.add(10ms, f.now);
    f.load(0, 8);
    REQUIRE(f.pick() == &f.endpoints[0]);
    f.load(0, 10);
    REQUIRE(f.pick() == &f.endpoints[1]);
    f.load(1, 1);
    f.load(0, 18);
    REQUIRE(f.pick() == &f.endpoints[0]);
}

TEST_CASE("up to twice as slow is equal", "[balancer]") {
    using namespace std::chrono_literals;
    Fixture f(2);
    f.endpoints[0].latency.add(1ms, f.now);
    f.endpoints[1].latency.add(2ms, f.now);
    REQUIRE(f.pick() == &f.endpoints[0]);
    REQUIRE(f.pick() == &f.endpoints[1]);
    REQUIRE(f.pick() == &f.endpoints[0]);
}

TEST_CASE("one that is gone or stalled is nobody's measure", "[balancer]") {
    using namespace std::chrono_literals;
    Fixture f(3);
    f.endpoints[0].latency.add(1ms, f.now);
    f.endpoints[1].latency.add(10ms, f.now);
    f.endpoints[2].latency.add(10ms, f.now);
    f.instances[0].draining = true;
    f.load(2, 1);
    REQUIRE(f.pick() == &f.endpoints[1]);
    f.load(1, 2);
    REQUIRE(f.pick() == &f.endpoints[2]);
}

TEST_CASE("a hold ends by itself", "[balancer]") {
    Fixture f(1);
    f.endpoints[0].held_until = f.now;
    REQUIRE(f.pick() == &f.endpoints[0]);
}

}  // namespace
}  // namespace fairlead::backplane
