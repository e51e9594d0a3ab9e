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
    const auto before = own_cpu_time();
    while (own_cpu_time() - before < 50ms) {
    }
    const auto seen = cpu_time(::getpid());
    REQUIRE(seen);
    CHECK(*seen >= own_cpu_time() - 20ms);  // the scheduler's count is brought up to date at its ticks
    CHECK(*seen <= own_cpu_time());
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
