// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using fairlead::base::ManualClock;
using fairlead::base::SystemClock;
using fairlead::base::Wall;

TEST_CASE("a manual clock moves only when it is told to", "[clock]") {
    ManualClock clock;
    auto now = clock.now();
    auto wall = clock.wall();
    CHECK(clock.now() == now);
    clock.advance(1500ms);
    CHECK(clock.now() - now == 1500ms);
    CHECK(clock.wall() - wall == 1500ms);
}

TEST_CASE("the wall of a manual clock can be set alone", "[clock]") {
    ManualClock clock;
    auto now = clock.now();
    clock.set_wall(Wall(10s));
    CHECK(clock.wall() == Wall(10s));
    CHECK(clock.now() == now);
}

TEST_CASE("the machine's steady clock does not go back", "[clock]") {
    SystemClock clock;
    auto before = clock.now();
    CHECK(clock.now() >= before);
}
