// SPDX-License-Identifier: Apache-2.0
#include "backplane/rendezvous.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "unit/backplane/rig.h"

namespace fairlead::backplane {
namespace {

/// A route with so many instances, each with one endpoint.
struct Fixture {
    explicit Fixture(std::size_t count) : instances(count), endpoints(count) {
        for (std::size_t i = 0; i < count; ++i) {
            instances[i].hash = hash_of(test::uuid(static_cast<unsigned>(i)));
            endpoints[i].instance = &instances[i];
            endpoints[i].route = &route;
            endpoints[i].window = 8;
            route.endpoints.push_back(&endpoints[i]);
        }
    }
    Endpoint* of(const std::string& key) { return rendezvous(route, key, now); }
    std::map<std::string, Endpoint*> all() {
        std::map<std::string, Endpoint*> places;
        for (int i = 0; i < 10'000; ++i)
            places[std::to_string(i)] = of(std::to_string(i));
        return places;
    }

    base::Steady now{std::chrono::hours(1)};
    Route route;
    std::vector<Instance> instances;
    std::vector<Endpoint> endpoints;
};

TEST_CASE("keys spread evenly", "[rendezvous]") {
    Fixture f(5);
    std::map<Endpoint*, int> count;
    for (const auto& [key, endpoint] : f.all())
        ++count[endpoint];
    REQUIRE(count.size() == 5);
    for (const auto& [endpoint, keys] : count) {
        CHECK(keys > 1800);
        CHECK(keys < 2200);
    }
}

TEST_CASE("where an instance goes only its keys change places", "[rendezvous]") {
    Fixture f(5);
    const auto before = f.all();
    f.instances[2].draining = true;
    for (const auto& [key, endpoint] : f.all()) {
        if (before.at(key) == &f.endpoints[2]) {
            REQUIRE(endpoint != &f.endpoints[2]);
        } else {
            REQUIRE(endpoint == before.at(key));
        }
    }
}

TEST_CASE("the place of a key does not depend on the order of the instances", "[rendezvous]") {
    Fixture f(5);
    const auto before = f.all();
    std::swap(f.route.endpoints[0], f.route.endpoints[4]);
    std::swap(f.route.endpoints[1], f.route.endpoints[2]);
    REQUIRE(f.all() == before);
}

TEST_CASE("one with more than 1.25 times the average is passed over", "[rendezvous]") {
    Fixture f(4);
    Endpoint* first = f.of("key");
    for (Endpoint& endpoint : f.endpoints)
        endpoint.outstanding = 8;
    first->outstanding = 10;  // the average is 8.5, and the bound 11
    REQUIRE(f.of("key") == first);
    first->outstanding = 12;  // the average is 9, and the bound 12
    REQUIRE(f.of("key") == first);
    first->outstanding = 13;
    REQUIRE(f.of("key") != first);
}

TEST_CASE("one that takes nothing at the moment is passed over unless all do", "[rendezvous]") {
    Fixture f(3);
    Endpoint* first = f.of("key");
    SECTION("on hold") {
        first->held_until = f.now + std::chrono::milliseconds(1);
    }
    SECTION("congested") {
        first->instance->congested = true;
    }
    SECTION("stalled") {
        first->instance->stalled = true;
    }
    SECTION("without a window") {
        first->window = 0;
    }
    REQUIRE(f.of("key") != first);
    for (Endpoint& endpoint : f.endpoints) {
        endpoint.held_until = first->held_until;
        endpoint.window = first->window;
        endpoint.instance->congested = first->instance->congested;
        endpoint.instance->stalled = first->instance->stalled;
    }
    REQUIRE(f.of("key") == first);
}

TEST_CASE("nobody is chosen where all drain", "[rendezvous]") {
    Fixture f(1);
    f.instances[0].draining = true;
    REQUIRE(f.of("key") == nullptr);
    REQUIRE(rendezvous(Route(), "key", f.now) == nullptr);
}

}  // namespace
}  // namespace fairlead::backplane
