// SPDX-License-Identifier: Apache-2.0
#include "bench/usage.h"

#include <unistd.h>

#include <ctime>

#include <catch2/catch.hpp>

namespace fairlead::bench {
namespace {

using namespace std::chrono_literals;

std::chrono::nanoseconds own_cpu_time() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

TEST_CASE("CPU time of a process agrees with its own clock", "[usage]") {
    const auto seen_before = cpu_time(::getpid());
    const auto before = own_cpu_time();
    while (own_cpu_time() - before < 100ms) {
    }
    const auto seen_after = cpu_time(::getpid());
    const auto used = own_cpu_time() - before;
    REQUIRE(seen_before);
    REQUIRE(seen_after);
    // The scheduler's count is brought up to date at its ticks, so each look may be some milliseconds old.
    CHECK(*seen_after - *seen_before >= 50ms);
    CHECK(*seen_after - *seen_before <= used + 50ms);
}

TEST_CASE("memory of a process grows by what it touches", "[usage]") {
    const auto before = resident_bytes(::getpid());
    const std::string touched(32 * 1024 * 1024, 'x');
    CHECK(resident_bytes(::getpid()) >= before + touched.size() / 2);
}

TEST_CASE("a process that is gone has neither", "[usage]") {
    constexpr pid_t kNone = 0x7ffffff0;
    CHECK_FALSE(cpu_time(kNone));
    CHECK(resident_bytes(kNone) == 0);
}

}  // namespace
}  // namespace fairlead::bench
