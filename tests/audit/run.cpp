// SPDX-License-Identifier: Apache-2.0
#include "audit/run.h"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>

#include "audit/checker.h"
#include "audit/nemesis.h"
#include "audit/stage.h"

namespace fairlead::audit {
namespace {

// Of the publications, one in so many comes when nothing ends any more, so that the broker's counts can be
// exact.
constexpr std::uint64_t kGentlePart = 10;

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// The records of a run that did not come to rest are kept as well.
std::string play(Stage& stage, std::uint64_t publications, std::uint32_t seed) {
    stage.keep_records();
    Nemesis nemesis(stage, seed);
    nemesis.run(publications - publications / kGentlePart);
    stage.rest();
    nemesis.run_gently(publications);
    stage.calm();
    return nemesis.text();
}

}  // namespace

Report audited_run(int threads, std::uint64_t publications, std::uint32_t seed) {
    std::cout << "audit, " << threads << " edge threads, AUDIT_SEED=" << seed << std::endl;
    const auto begin = std::chrono::steady_clock::now();
    Stage stage(threads, seed);
    const std::string acts = play(stage, publications, seed);
    const double played = seconds_since(begin);
    const auto checking = std::chrono::steady_clock::now();
    Report report = check(stage.history());
    std::cout << "acts: " << acts << "\n"
              << report.text() << "played for " << played << " s, checked in " << seconds_since(checking)
              << " s\n";
    if (report.clean()) {
        stage.remove_records();
    } else {
        std::cout << "the records are in " << stage.folder().string() << "\n";
    }
    return report;
}

std::uint64_t publications_or(std::uint64_t otherwise) {
    return number_in("AUDIT_PUBLICATIONS", otherwise);
}

std::uint32_t seed_of_run() {
    return static_cast<std::uint32_t>(number_in("AUDIT_SEED", std::random_device{}()));
}

}  // namespace fairlead::audit
