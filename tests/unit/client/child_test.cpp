// SPDX-License-Identifier: Apache-2.0
#include "client/child.h"

#include <sched.h>

#include <csignal>

#include <catch2/catch.hpp>

namespace fairlead::client {
namespace {

using namespace std::chrono_literals;

TEST_CASE("output and exit status of a program are seen", "[child]") {
    const auto child = Child::start({"/bin/sh", "-c", "echo one; echo two >&2; exit 3"});
    REQUIRE(child);
    CHECK((*child)->wait_for_output("two", 10s));
    CHECK((*child)->wait_exit(10s) == 3);
    CHECK((*child)->output() == "one\ntwo\n");
    CHECK_FALSE((*child)->wait_for_output("three", 10s));  // at once: the output has ended
}

TEST_CASE("a program ends with its object", "[child]") {
    pid_t pid = 0;
    {
        const auto child = Child::start({"/bin/sh", "-c", "echo ready; exec sleep 60"});
        REQUIRE(child);
        REQUIRE((*child)->wait_for_output("ready", 10s));
        pid = (*child)->pid();
        CHECK(::kill(pid, 0) == 0);
    }
    CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("a signal's end is 128 and its number", "[child]") {
    const auto child = Child::start({"/bin/sleep", "60"});
    REQUIRE(child);
    CHECK_FALSE((*child)->wait_exit(0ms));
    (*child)->signal(SIGKILL);
    CHECK((*child)->wait_exit(10s) == 128 + SIGKILL);
}

TEST_CASE("a program can be pinned to a core", "[child]") {
    const int core = ::sched_getcpu();  // one that we may use
    const auto child = Child::start({"/bin/sh", "-c", "grep Cpus_allowed_list /proc/self/status"}, core);
    REQUIRE(child);
    CHECK((*child)->wait_for_output("list:\t" + std::to_string(core) + "\n", 10s));
}

TEST_CASE("a missing program is said so", "[child]") {
    const auto child = Child::start({"/nonexistent/program"});
    REQUIRE_FALSE(child);
    CHECK(child.error().text.find("/nonexistent/program") != std::string::npos);
    CHECK_FALSE(Child::start({}));
}

}  // namespace
}  // namespace fairlead::client
