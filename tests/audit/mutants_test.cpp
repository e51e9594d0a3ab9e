// SPDX-License-Identifier: Apache-2.0
// The checker is checked: it is silent on good histories and sees each that was spoilt.
#include <catch2/catch.hpp>

#include <array>
#include <cstring>
#include <iostream>

#include "audit/checker.h"
#include "audit/mutations.h"
#include "audit/simulator.h"

namespace fairlead::audit {
namespace {

constexpr std::uint32_t kHistories = 300;

std::uint64_t told(const Report& report, Reason reason) {
    return report.told[static_cast<std::size_t>(reason)];
}

TEST_CASE("no good history has a finding, and all kinds of losses that are told occur", "[audit]") {
    std::array<std::uint64_t, kReasons> all{};
    std::uint64_t delivered = 0;
    std::uint64_t false_alarms = 0;
    for (std::uint32_t seed = 1; seed <= kHistories; ++seed) {
        const Report report = check(simulate(seed));
        INFO("seed " << seed << "\n" << report.text());
        CHECK(report.clean());
        CHECK(report.unexplained == 0);
        false_alarms += report.clean() ? 0 : 1;
        delivered += report.delivered;
        for (std::size_t i = 0; i < kReasons; ++i)
            all[i] += report.told[i];
    }
    std::cout << kHistories << " good histories: " << false_alarms << " false alarms, " << delivered
              << " pairs delivered\n";
    for (std::size_t i = 0; i < kReasons; ++i) {
        INFO(word_of(static_cast<Reason>(i)));
        // Subscribers of ours always ask for what they missed.
        CHECK((all[i] > 0) == (static_cast<Reason>(i) != Reason::afresh));
    }
}

TEST_CASE("every spoilt history is caught", "[audit]") {
    std::uint64_t mutants = 0;
    std::uint64_t caught = 0;
    std::uint64_t by_record = 0;
    for (const Mutation& mutation : mutations()) {
        std::uint64_t applied = 0;
        for (std::uint32_t seed = 1; seed <= kHistories / 3; ++seed) {
            History history = simulate(seed);
            std::mt19937 random(seed);
            // Taking the slowness away spoils only what was explained by it.
            if (std::strcmp(mutation.name, "delete slowness") == 0 &&
                told(check(history), Reason::dropped_slow) == 0)
                continue;
            if (!mutation.apply(history, random)) continue;
            ++applied;
            const Report report = check(history);
            const bool found = !report.clean();
            if (report.found.size() == 1 && report.found.contains(Rule::record)) ++by_record;
            INFO(mutation.name << ", seed " << seed);
            CHECK(found);
            caught += found ? 1 : 0;
        }
        INFO(mutation.name);
        CHECK(applied > 0);
        mutants += applied;
    }
    std::cout << caught << " of " << mutants << " spoilt histories caught, by " << mutations().size()
              << " kinds of spoiling; " << by_record << " only because the record contradicts itself\n";
    CHECK(mutants >= 1000);
    CHECK(caught == mutants);
}

}  // namespace
}  // namespace fairlead::audit
