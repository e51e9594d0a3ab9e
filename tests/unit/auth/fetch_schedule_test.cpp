// SPDX-License-Identifier: Apache-2.0
#include "auth/fetch_schedule.h"

#include <catch2/catch.hpp>

namespace fairlead::auth {
namespace {

using namespace std::chrono_literals;

const base::Steady kStart{1h};

/// How often keys are fetched in an hour; `step` is called every 100 ms.
template <typename Step>
int fetches_of_an_hour(FetchSchedule& schedule, Step step, bool succeed = true) {
    int count = 0;
    for (base::Steady now = kStart; now < kStart + 1h; now += 100ms) {
        step(now);
        if (!schedule.due(now)) continue;
        ++count;
        schedule.started(now);
        schedule.ended(now + 50ms, succeed);
    }
    return count;
}

TEST_CASE("keys are fetched at once and then from time to time", "[fetch]") {
    FetchSchedule schedule(5min, 24h, kStart);
    CHECK(schedule.due(kStart));
    CHECK(fetches_of_an_hour(schedule, [](base::Steady) {}) == 12);
}

TEST_CASE("T22: unknown keys without end bring one fetch in 30 s", "[fetch]") {
    FetchSchedule schedule(5min, 24h, kStart);
    CHECK(fetches_of_an_hour(schedule, [&](base::Steady now) { schedule.want(now); }) == 120);
}

TEST_CASE("a failed fetch is tried again after 30 s, wanted or not", "[fetch]") {
    FetchSchedule wanted(5min, 24h, kStart), alone(5min, 24h, kStart);
    CHECK(fetches_of_an_hour(
              wanted, [&](base::Steady now) { wanted.want(now); }, false) == 120);
    CHECK(fetches_of_an_hour(
              alone, [](base::Steady) {}, false) == 120);
}

TEST_CASE("the first unknown key long after a fetch brings the next one at once", "[fetch]") {
    FetchSchedule schedule(5min, 24h, kStart);
    schedule.started(kStart);
    schedule.ended(kStart + 1s, true);
    CHECK(schedule.next() == kStart + 5min);
    CHECK(schedule.want(kStart + 10s));
    CHECK_FALSE(schedule.want(kStart + 11s));
    CHECK(schedule.next() == kStart + 30s);
    CHECK_FALSE(schedule.due(kStart + 29s));
    CHECK(schedule.due(kStart + 30s));
    schedule.started(kStart + 30s);
    CHECK(schedule.want(kStart + 2min));
    CHECK(schedule.due(kStart + 2min));
}

TEST_CASE("keys are too old once for each time that they were fetched", "[fetch]") {
    FetchSchedule schedule(5min, 10min, kStart);
    CHECK_FALSE(schedule.take_stale(kStart + 24h));
    schedule.started(kStart);
    schedule.ended(kStart, true);
    CHECK_FALSE(schedule.take_stale(kStart + 10min - 1s));
    schedule.started(kStart + 5min);
    schedule.ended(kStart + 5min, false);
    CHECK(schedule.next() == kStart + 5min + 30s);
    CHECK(schedule.take_stale(kStart + 10min));
    CHECK_FALSE(schedule.take_stale(kStart + 20min));
    schedule.started(kStart + 20min);
    schedule.ended(kStart + 20min, true);
    CHECK(schedule.take_stale(kStart + 30min));
}

}  // namespace
}  // namespace fairlead::auth
