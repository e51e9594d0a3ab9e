// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <iostream>

#include "config/load.h"
#include "unit/config/cases.h"
#include "unit/config/folder.h"

namespace {

using namespace fairlead::config;
using fairlead::config::test::Case;
using fairlead::config::test::Folder;

std::vector<std::string> case_files() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator("unit/config/bad")) {
        files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Inputs inputs_of(const Case& bad, const Folder& folder) {
    Inputs inputs;
    if (bad.file) inputs.file = folder.write("bad.toml", *bad.file);
    inputs.overrides = bad.overrides;
    for (const auto& line : bad.environment) {
        const auto equals = line.find('=');
        inputs.variables.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
    return inputs;
}

// The lines that the broker would print, with the folder's own name left out.
std::vector<std::string> problems_of(const Case& bad) {
    const Folder folder;
    std::vector<std::string> lines;
    for (const auto& problem : load(inputs_of(bad, folder)).problems) {
        std::string line = line_of(problem);
        for (auto at = line.find(folder.path("")); at != std::string::npos; at = line.find(folder.path(""))) {
            line.erase(at, folder.path("").size());
        }
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

TEST_CASE("T50: each bad configuration is refused with its own message", "[bad]") {
    std::size_t count = 0;
    for (const auto& file : case_files()) {
        for (const Case& bad : test::read_cases(file)) {
            INFO(file << ": " << bad.title);
            REQUIRE_FALSE(bad.problems.empty());
            CHECK(problems_of(bad) == bad.problems);
            ++count;
        }
    }
    CHECK(count >= 100);
}

TEST_CASE("each message fits on one line and says what to write", "[bad]") {
    for (const auto& file : case_files()) {
        for (const Case& bad : test::read_cases(file)) {
            for (const auto& line : problems_of(bad)) {
                INFO(file << ": " << bad.title << ": " << line);
                CHECK(line.find('\n') == std::string::npos);
                CHECK(line.size() < 400);
            }
        }
    }
}

// Run by name after a message was changed on purpose; read the difference before it is committed.
TEST_CASE("print what each bad configuration says", "[.print]") {
    for (const auto& file : case_files()) {
        std::cout << "#### " << file << "\n";
        for (const Case& bad : test::read_cases(file)) {
            std::cout << "== " << bad.title << "\n";
            for (const auto& line : problems_of(bad))
                std::cout << line << "\n";
        }
    }
}
