// SPDX-License-Identifier: Apache-2.0
#include "config/nearest.h"

#include <catch2/catch.hpp>

using namespace fairlead::config;

TEST_CASE("one change, one addition, one omission and one swap are each one edit", "[nearest]") {
    CHECK(edit_distance("listen", "listen") == 0);
    CHECK(edit_distance("listen", "liston") == 1);
    CHECK(edit_distance("listen", "llisten") == 1);
    CHECK(edit_distance("listen", "lisen") == 1);
    CHECK(edit_distance("listen", "lisetn") == 1);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("ping", "path") == 3);
}

TEST_CASE("the nearest word is found without regard to case, the earliest of equals", "[nearest]") {
    CHECK(nearest("lisen", {"path", "listen"}) == "listen");
    CHECK(nearest("JSON", {"text", "json"}) == "json");
    CHECK(nearest("b", {"a", "c"}) == "a");
    CHECK(nearest("a", {}).empty());
}

TEST_CASE("a name of a megabyte costs no more than one of a few letters", "[nearest]") {
    CHECK(edit_distance(std::string(1'000'000, 'x'), "listen") == 64);
}
