// SPDX-License-Identifier: Apache-2.0
#include "app/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace fairlead::app;

namespace {

// What `question` answers in a process of its own, which what it does to itself goes with.
int asked_apart(int (*question)()) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(question());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("T41: no core of the process is written, to no file", "[process]") {
    CHECK(asked_apart([] {
              forbid_core_dumps();
              rlimit limit{1, 1};
              ::getrlimit(RLIMIT_CORE, &limit);
              return limit.rlim_cur == 0 && limit.rlim_max == 0 ? 0 : 1;
          }) == 0);
}

#ifndef FAIRLEAD_SANITIZED
TEST_CASE("T41: and to no program that the kernel hands cores to", "[process]") {
    CHECK(asked_apart([] { return ::prctl(PR_GET_DUMPABLE); }) == 1);
    CHECK(asked_apart([] {
              forbid_core_dumps();
              return ::prctl(PR_GET_DUMPABLE);
          }) == 0);
}
#endif

TEST_CASE("clients leave descriptors for the rest", "[process]") {
    CHECK(clients_that_fit(0, 1'000'000) == 20'000);
    CHECK(clients_that_fit(0, 1024) == 960);
    CHECK(clients_that_fit(500, 1024) == 500);
    CHECK(clients_that_fit(5000, 1024) == 960);
    CHECK(clients_that_fit(5000, 10) == 1);
}
