// SPDX-License-Identifier: Apache-2.0
#include "backplane/retry_budget.h"

#include <catch2/catch.hpp>

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;

struct Fixture {
    base::Steady now{1h};
    RetryBudget budget;

    void ask(int requests) {
        for (int i = 0; i < requests; ++i)
            budget.request(now);
    }
    int take_all() {
        int taken = 0;
        while (budget.take(now))
            ++taken;
        return taken;
    }
};

TEST_CASE("a route without requests may repeat ten", "[retry_budget]") {
    Fixture f;
    REQUIRE(f.take_all() == 10);
}

TEST_CASE("a fifth of the requests come on top", "[retry_budget]") {
    Fixture f;
    f.ask(104);
    REQUIRE(f.take_all() == 30);
    f.ask(1);
    REQUIRE(f.take_all() == 1);
}

TEST_CASE("requests and retries are forgotten after ten seconds", "[retry_budget]") {
    Fixture f;
    f.ask(100);
    REQUIRE(f.take_all() == 30);
    f.now += 9s;
    REQUIRE(f.take_all() == 0);
    f.now += 1s;
    REQUIRE(f.take_all() == 10);
    f.now += 24h;
    REQUIRE(f.take_all() == 10);
}

TEST_CASE("what comes and goes at its pace is counted by the second", "[retry_budget]") {
    Fixture f;
    for (int second = 0; second < 100; ++second) {
        f.ask(10);
        if (second >= 10) REQUIRE(f.budget.take(f.now));
        f.now += 1s;
    }
    REQUIRE(f.take_all() == 10 + 90 / 5 - 9);
}

}  // namespace
}  // namespace fairlead::backplane
