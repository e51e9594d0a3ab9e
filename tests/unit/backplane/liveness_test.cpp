// SPDX-License-Identifier: Apache-2.0
#include "backplane/liveness.h"

#include <catch2/catch.hpp>

#include "unit/backplane/rig.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;

struct Fixture {
    test::Rig rig;
    Liveness liveness{rig.options, rig.clock};
    Instance& instance = rig.join("s", 1, {test::endpoint("a")});

    Fixture() {
        liveness.greeted(instance);
        liveness.sweep(rig.registry);
    }
    /// Time passes in turns of 10 ms, as the loop's does.
    const Liveness::Due& pass(std::chrono::milliseconds time) {
        const Liveness::Due* due = nullptr;
        for (std::chrono::milliseconds passed{0}; passed < time; passed += 10ms) {
            rig.clock.advance(10ms);
            due = &liveness.sweep(rig.registry);
        }
        return *due;
    }
};

TEST_CASE("a heartbeat is due each interval", "[liveness]") {
    Fixture f;
    REQUIRE(f.pass(990ms).heartbeats.empty());
    REQUIRE(f.pass(10ms).heartbeats.size() == 1);
    REQUIRE(f.pass(10ms).heartbeats.empty());
    REQUIRE(f.pass(990ms).heartbeats.size() == 1);
}

TEST_CASE("three seconds of silence are death, any traffic is life", "[liveness]") {
    Fixture f;
    REQUIRE_FALSE(f.pass(3000ms).silence);
    REQUIRE_FALSE(f.liveness.is_silent(f.instance));
    REQUIRE(f.pass(10ms).silence);
    REQUIRE(f.liveness.is_silent(f.instance));
    f.liveness.heard(f.instance);
    REQUIRE_FALSE(f.pass(10ms).silence);
}

TEST_CASE("probes go out while requests are outstanding and nothing else was sent", "[liveness]") {
    Fixture f;
    REQUIRE(f.pass(500ms).probes.empty());
    f.instance.outstanding = 1;
    f.liveness.sent(f.instance);
    REQUIRE(f.pass(240ms).probes.empty());
    REQUIRE(f.pass(10ms).probes.size() == 1);
    f.liveness.sent(f.instance);
    REQUIRE(f.pass(10ms).probes.empty());
    f.instance.congested = true;
    REQUIRE(f.pass(240ms).probes.empty());
}

TEST_CASE("a pause of the broker is nobody's silence", "[liveness]") {
    Fixture f;
    f.pass(500ms);
    f.rig.clock.advance(30s);
    REQUIRE_FALSE(f.liveness.sweep(f.rig.registry).silence);
    REQUIRE_FALSE(f.pass(2500ms).silence);
    REQUIRE(f.pass(10ms).silence);
}

}  // namespace
}  // namespace fairlead::backplane
