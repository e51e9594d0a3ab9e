// SPDX-License-Identifier: Apache-2.0
#include "app/log_limit.h"

#include <catch2/catch.hpp>

using namespace fairlead;
using app::LogLimit;
using namespace std::chrono_literals;

namespace {

// How many of `count` lines of one kind pass at one time.
int passed(LogLimit& limit, std::string_view kind, base::Steady now, int count) {
    int written = 0;
    for (int i = 0; i < count; ++i)
        written += limit.admit(kind, now).write ? 1 : 0;
    return written;
}

}  // namespace

TEST_CASE("T46: a flood of one message passes in a burst and then at a rate", "[log]") {
    LogLimit limit;
    base::Steady now{1h};
    CHECK(passed(limit, "a", now, 1000) == 50);
    CHECK(passed(limit, "a", now + 1s, 1000) == 5);
    CHECK(passed(limit, "a", now + 2s, 1000) == 5);
    CHECK(passed(limit, "a", now + 1h, 1000) == 50);
}

TEST_CASE("one message does not take the budget of another", "[log]") {
    LogLimit limit;
    base::Steady now{1h};
    CHECK(passed(limit, "a", now, 1000) == 50);
    CHECK(passed(limit, "b", now, 10) == 10);
}

TEST_CASE("what was left out is told with the next line", "[log]") {
    LogLimit limit;
    base::Steady now{1h};
    passed(limit, "a", now, 150);
    const auto next = limit.admit("a", now + 1s);
    CHECK(next.write);
    CHECK(next.left_out == 100);
    CHECK(limit.admit("a", now + 1s).left_out == 0);
}

TEST_CASE("what no later line told of is there at the end, once", "[log]") {
    LogLimit limit;
    passed(limit, "a", base::Steady{1h}, 57);
    passed(limit, "b", base::Steady{1h}, 10);
    CHECK(limit.take_left_out() == std::vector<std::pair<std::string, std::uint64_t>>{{"a", 7}});
    CHECK(limit.take_left_out().empty());
}

TEST_CASE("ever new messages share one budget in the end", "[log]") {
    LogLimit limit;
    base::Steady now{1h};
    int written = 0;
    for (int i = 0; i < 100'000; ++i)
        written += limit.admit("message " + std::to_string(i), now).write ? 1 : 0;
    CHECK(written == static_cast<int>(LogLimit::kMaxKinds) + 50);
}

TEST_CASE("a clock that stands still or steps back gives nothing away", "[log]") {
    LogLimit limit;
    base::Steady now{1h};
    passed(limit, "a", now, 1000);
    CHECK(passed(limit, "a", now - 1min, 1000) == 0);
    CHECK(passed(limit, "a", now, 1000) == 0);
}
