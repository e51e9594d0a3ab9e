// SPDX-License-Identifier: Apache-2.0
#include "backplane/latency.h"

#include <catch2/catch.hpp>
#include <random>

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;

struct Fixture {
    base::Steady now{1h};
    Latency latency;

    void add(Latency::Time took, int times = 1) {
        for (int i = 0; i < times; ++i)
            latency.add(took, now);
    }
    double ratio(Latency::Time fastest) const {
        return latency.ratio_to(std::chrono::duration<double, std::nano>(fastest).count(), now);
    }
};

TEST_CASE("of an endpoint without outcomes nothing is known", "[latency]") {
    Fixture f;
    REQUIRE_FALSE(f.latency.known());
    REQUIRE(f.ratio(1ms) == 1);
}

TEST_CASE("inside twice the fastest's time all are equal", "[latency]") {
    Fixture f;
    f.add(10ms);
    REQUIRE(f.ratio(10ms) == 1);
    REQUIRE(f.ratio(5ms) == 1);
    REQUIRE(f.ratio(4ms) == Approx(2.5));
    REQUIRE(f.ratio(1ms) == Approx(10));
}

TEST_CASE("differences of less than the loop can tell count as none", "[latency]") {
    Fixture f;
    f.add(0ns);
    REQUIRE(f.latency.average() == Approx(100'000));
    REQUIRE(f.ratio(100us) == 1);
}

TEST_CASE("the average follows a change within some samples", "[latency]") {
    Fixture f;
    f.add(1ms, 100);
    f.add(10ms, 5);
    REQUIRE(f.ratio(1ms) > 2);
    f.add(10ms, 200);
    REQUIRE(f.ratio(1ms) == Approx(10).margin(0.1));
}

TEST_CASE("times that vary by chance do not make equal endpoints unequal", "[latency]") {
    std::mt19937 random(7);
    std::exponential_distribution<double> milliseconds(0.1);
    Fixture f;
    for (int i = 0; i < 10'000; ++i) {
        f.add(std::chrono::microseconds(static_cast<int>(milliseconds(random) * 1000)));
        if (i < 32) continue;
        REQUIRE(f.latency.average() < 2 * 10e6);
        REQUIRE(f.latency.average() > 10e6 / 2);
    }
}

TEST_CASE("what was not heard of comes nearer to the fastest each second", "[latency]") {
    Fixture f;
    f.add(9ms, 32);
    f.now += 999ms;
    REQUIRE(f.ratio(1ms) == Approx(9));
    f.now += 1ms;
    REQUIRE(f.ratio(1ms) == Approx(5));
    f.now += 1s;
    REQUIRE(f.ratio(1ms) == Approx(3));
    f.now += 1s;
    REQUIRE(f.ratio(1ms) == 1);
    f.now += 24h;
    REQUIRE(f.ratio(1ms) == 1);
}

TEST_CASE("after a pause the first outcome counts alone", "[latency]") {
    Fixture f;
    f.add(100ms, 50);
    f.now += 4s;
    SECTION("it recovered") {
        f.add(1ms);
        REQUIRE(f.ratio(1ms) == 1);
    }
    SECTION("it did not") {
        f.add(100ms);
        REQUIRE(f.ratio(1ms) == Approx(100));
    }
}

}  // namespace
}  // namespace fairlead::backplane
