// SPDX-License-Identifier: Apache-2.0
#include "app/ebb.h"

#include <catch2/catch.hpp>

using namespace fairlead;
using app::Ebb;
using namespace std::chrono_literals;

TEST_CASE("an ebb is half of the clients or more, once", "[app][ebb]") {
    Ebb ebb;
    base::ManualClock clock;
    CHECK_FALSE(ebb.look(5000, clock.now()));
    clock.advance(Ebb::kLookEvery);
    CHECK_FALSE(ebb.look(2600, clock.now()));
    clock.advance(Ebb::kLookEvery);
    CHECK(ebb.look(2500, clock.now()));
    clock.advance(Ebb::kLookEvery);
    CHECK_FALSE(ebb.look(2400, clock.now()));
}

TEST_CASE("few clients make no ebb", "[app][ebb]") {
    Ebb ebb;
    base::ManualClock clock;
    CHECK_FALSE(ebb.look(Ebb::kWorthwhile - 1, clock.now()));
    clock.advance(Ebb::kLookEvery);
    CHECK_FALSE(ebb.look(0, clock.now()));
}

TEST_CASE("a flood between two looks is seen, and a look is not taken more often", "[app][ebb]") {
    Ebb ebb;
    base::ManualClock clock;
    CHECK_FALSE(ebb.look(0, clock.now()));
    clock.advance(1s);
    CHECK_FALSE(ebb.look(5000, clock.now()));
    clock.advance(1s);
    CHECK_FALSE(ebb.look(0, clock.now()));
    clock.advance(3s);
    CHECK(ebb.look(0, clock.now()));
}
