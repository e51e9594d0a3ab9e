// SPDX-License-Identifier: Apache-2.0
// A million publications while clients are cut, frozen and slow, services killed and stopped, and the broker
// killed.
#include <catch2/catch.hpp>

#include <iostream>

#include "audit/run.h"

namespace fairlead::audit {
namespace {

// Refused ones and those with an unknown outcome do not count, so there are a few more.
constexpr std::uint64_t kAtLeast = 1'000'000;
constexpr std::uint64_t kBegun = kAtLeast / 100 * 105;

std::uint64_t told(const Report& report, Reason reason) {
    return report.told[static_cast<std::size_t>(reason)];
}

TEST_CASE("of a million publications none is lost in silence", "[audit]") {
    const std::uint64_t begun = publications_or(kBegun);
    std::uint64_t accepted = 0;
    std::uint64_t unexplained = 0;
    for (const int threads : {1, 3}) {
        const Report report = audited_run(threads, begun / 2, seed_of_run());
        CHECK(report.clean());
        accepted += report.accepted;
        unexplained += report.unexplained;
        if (begun < kBegun) continue;
        // All that was to go wrong did.
        CHECK(report.recovered > 0);
        for (const Reason each : {Reason::new_epoch, Reason::not_kept, Reason::cache, Reason::cut,
                                  Reason::closed_slow, Reason::ended}) {
            INFO(word_of(each));
            CHECK(told(report, each) > 0);
        }
    }
    std::cout << accepted << " accepted publications, " << unexplained << " unexplained\n";
    CHECK(unexplained == 0);
    if (begun >= kBegun) CHECK(accepted >= kAtLeast);
}

}  // namespace
}  // namespace fairlead::audit
