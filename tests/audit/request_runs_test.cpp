// SPDX-License-Identifier: Apache-2.0
// The audit of requests in a short run; request_runs_long_test.cpp has the long one.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>
#include <random>

#include "audit/request_run.h"

namespace fairlead::audit {
namespace {

std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST_CASE("each request has one outcome where things go wrong", "[audit]") {
    const std::uint64_t requests = number_in("AUDIT_REQUESTS", 12'000);
    const Report report = audited_requests(
        1, requests, static_cast<std::uint32_t>(number_in("AUDIT_SEED", std::random_device{}())));
    CHECK(report.clean());
    CHECK(report.asked >= requests);
    CHECK(report.replied > requests / 2);
}

}  // namespace
}  // namespace fairlead::audit
