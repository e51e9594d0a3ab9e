// SPDX-License-Identifier: Apache-2.0
// A million requests while callers are cut off, workers killed, stopped, restarted and cut off, and the
// broker killed.
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

TEST_CASE("a million requests have one outcome each", "[audit]") {
    const std::uint64_t requests = number_in("AUDIT_REQUESTS", 1'000'000);
    std::uint64_t asked = 0;
    for (const int threads : {1, 3}) {
        const Report report =
            audited_requests(threads, requests / 2,
                             static_cast<std::uint32_t>(number_in("AUDIT_SEED", std::random_device{}())));
        CHECK(report.clean());
        CHECK(report.replied > requests / 4);
        CHECK(report.ran_again > 0);
        CHECK(report.cut > 0);
        asked += report.asked;
    }
    std::cout << asked << " requests\n";
    CHECK(asked >= requests);
}

}  // namespace
}  // namespace fairlead::audit
