// SPDX-License-Identifier: Apache-2.0
#include "app/overload.h"

#include <catch2/catch.hpp>

namespace fairlead::app {
namespace {

using Step = Overload::Step;

TEST_CASE("T54: steps are taken at 85 and 92 % of the budget, and left below", "[overload]") {
    Overload overload(1000);
    CHECK(overload.look(849) == Step::none);
    CHECK(overload.look(850) == Step::refuse);
    CHECK(overload.look(800) == Step::refuse);
    CHECK(overload.look(799) == Step::none);
    CHECK(overload.look(849) == Step::none);

    CHECK(overload.look(919) == Step::refuse);
    CHECK(overload.excess() == 0);
    CHECK(overload.look(920) == Step::shed);
    CHECK(overload.excess() == 40);
    CHECK(overload.look(880) == Step::shed);
    CHECK(overload.look(879) == Step::refuse);
    CHECK(overload.excess() == 0);
    CHECK(overload.look(5000) == Step::shed);
    CHECK(overload.excess() == 4120);
    CHECK(overload.look(0) == Step::none);
}

}  // namespace
}  // namespace fairlead::app
