// SPDX-License-Identifier: Apache-2.0
#include "base/timer_wheel.h"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace std::chrono_literals;
using fairlead::base::Steady;
using fairlead::base::TimerId;
using fairlead::base::TimerWheel;

namespace {

const Steady kStart{1h};

std::vector<int> advance(TimerWheel<int>& wheel, Steady now) {
    std::vector<int> fired;
    wheel.advance(now, [&](int&& value) { fired.push_back(value); });
    return fired;
}

}  // namespace

TEST_CASE("a timer fires once, never early and at most a tick late", "[timers]") {
    TimerWheel<int> wheel(kStart);
    wheel.add(kStart + 95ms, 1);
    CHECK(wheel.size() == 1);
    CHECK(advance(wheel, kStart + 94ms).empty());
    CHECK(advance(wheel, kStart + 99ms).empty());
    CHECK(advance(wheel, kStart + 105ms) == std::vector<int>{1});
    CHECK(wheel.size() == 0);
    CHECK(advance(wheel, kStart + 1h).empty());
}

TEST_CASE("a timer in the past fires with the next tick", "[timers]") {
    TimerWheel<int> wheel(kStart);
    advance(wheel, kStart + 1s);
    wheel.add(kStart, 1);
    CHECK(advance(wheel, kStart + 1s).empty());
    CHECK(advance(wheel, kStart + 1010ms) == std::vector<int>{1});
}

TEST_CASE("a timer many rounds away waits for its own round", "[timers]") {
    TimerWheel<int> wheel(kStart, 10ms, 8);
    wheel.add(kStart + 1000ms, 1);
    wheel.add(kStart + 40ms, 2);
    CHECK(advance(wheel, kStart + 990ms) == std::vector<int>{2});
    CHECK(advance(wheel, kStart + 1000ms) == std::vector<int>{1});
}

TEST_CASE("a cancelled timer does not fire", "[timers]") {
    TimerWheel<int> wheel(kStart);
    TimerId first = wheel.add(kStart + 50ms, 1);
    TimerId second = wheel.add(kStart + 50ms, 2);
    CHECK(wheel.cancel(first));
    CHECK_FALSE(wheel.cancel(first));
    CHECK(advance(wheel, kStart + 50ms) == std::vector<int>{2});
    CHECK_FALSE(wheel.cancel(second));
    CHECK_FALSE(wheel.cancel(0));
    CHECK_FALSE(wheel.cancel(~TimerId{0}));
}

TEST_CASE("an old name does not cancel the timer that has its place now", "[timers]") {
    TimerWheel<int> wheel(kStart);
    TimerId old = wheel.add(kStart + 50ms, 1);
    wheel.cancel(old);
    TimerId next = wheel.add(kStart + 50ms, 2);
    CHECK(old != next);
    CHECK_FALSE(wheel.cancel(old));
    CHECK(advance(wheel, kStart + 50ms) == std::vector<int>{2});
}

TEST_CASE("a timer that fires may add and cancel others", "[timers]") {
    TimerWheel<int> wheel(kStart);
    TimerId doomed = 0;
    std::vector<int> fired;
    auto fire = [&](int&& value) {
        fired.push_back(value);
        wheel.cancel(doomed);
        if (value < 5) wheel.add(kStart, value + 1);
    };
    wheel.add(kStart + 10ms, 1);
    doomed = wheel.add(kStart + 20ms, 99);
    wheel.advance(kStart + 1s, fire);
    CHECK(fired == std::vector<int>{1, 2, 3, 4, 5});
    CHECK(wheel.size() == 0);
}

TEST_CASE("an idle wheel does not count through the time that went by", "[timers]") {
    TimerWheel<int> wheel(kStart);
    advance(wheel, kStart + 24h * 3650);
    wheel.add(kStart + 24h * 3650 + 10ms, 1);
    CHECK(advance(wheel, kStart + 24h * 3650 + 20ms) == std::vector<int>{1});
}

TEST_CASE("a wheel fires what a sorted list would", "[timers]") {
    std::minstd_rand random(5);
    TimerWheel<int> wheel(kStart, 10ms, 16);
    std::map<int, std::pair<Steady, TimerId>> model;
    Steady now = kStart;
    int last = 0;
    for (int step = 0; step < 5000; ++step) {
        switch (random() % 3) {
            case 0: {
                Steady when = now + std::chrono::milliseconds(random() % 700);
                ++last;
                model[last] = {when, wheel.add(when, int{last})};
                break;
            }
            case 1:
                if (!model.empty()) {
                    auto victim = std::next(model.begin(), static_cast<int>(random() % model.size()));
                    REQUIRE(wheel.cancel(victim->second.second));
                    model.erase(victim);
                }
                break;
            default:
                now += std::chrono::milliseconds(random() % 40);
                for (int value : advance(wheel, now)) {
                    REQUIRE(model.count(value) == 1);
                    REQUIRE(model[value].first <= now);
                    model.erase(value);
                }
                for (const auto& [value, timer] : model)
                    REQUIRE(timer.first > now - 2 * wheel.tick());
        }
        REQUIRE(wheel.size() == model.size());
    }
}
