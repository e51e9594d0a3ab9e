// SPDX-License-Identifier: Apache-2.0
// The audit of a short run; runs_long_test.cpp has the long one.
#include <catch2/catch.hpp>

#include "audit/run.h"

namespace fairlead::audit {
namespace {

TEST_CASE("of publications in a run where things go wrong none is lost in silence", "[audit]") {
    const int threads = GENERATE(1, 3);
    const Report report = audited_run(threads, publications_or(20'000) / 2, seed_of_run());
    CHECK(report.clean());
    CHECK(report.unexplained == 0);
    CHECK(report.delivered > 0);
    CHECK(report.recovered > 0);
    CHECK(report.not_recovered > 0);
}

}  // namespace
}  // namespace fairlead::audit
