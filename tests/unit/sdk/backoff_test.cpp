// SPDX-License-Identifier: Apache-2.0
#include "src/backoff.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using fairlead::detail::Backoff;

TEST_CASE("pauses grow to five seconds, never below a tenth, and differ", "[backoff]") {
    Backoff backoff(7), other(8);
    auto first = backoff.next();
    CHECK(first >= 100ms);
    CHECK(first <= 200ms);
    auto longest = first;
    bool differ = false;
    for (int i = 0; i < 200; ++i) {
        auto pause = backoff.next();
        CHECK(pause >= 100ms);
        CHECK(pause <= 5s);
        longest = std::max(longest, pause);
        differ = differ || pause != other.next();
    }
    CHECK(longest > 4s);
    CHECK(differ);
    backoff.reset();
    CHECK(backoff.next() <= 200ms);
}
