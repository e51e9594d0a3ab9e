// SPDX-License-Identifier: Apache-2.0
// The table of docs/security.md names the tests of each threat: those that there are, and no others.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;

using Tests = std::map<std::string, std::set<std::string>>;  // of each threat: "T13" has "abuse/control" and more

const fs::path kTree = FAIRLEAD_SOURCE_DIR;

std::string text_of(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

Tests named_in_table() {
    Tests tests;
    std::istringstream lines(text_of(kTree / "docs/security.md"));
    const std::regex row(R"(\| (T\d+) \|.*\| ([^|]*) \|)");
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        if (!std::regex_match(line, match, row)) continue;
        std::istringstream names(match[2]);
        auto& row_tests = tests[match[1]];
        for (std::string name; names >> name;)
            if (name != "-") row_tests.insert(name);
    }
    return tests;
}

// "T1, T22: what is shown", wherever a test has its name; for a script in a comment of its own.
void add_threats(const std::string& text, const std::string& test, Tests& tests) {
    static const std::regex name(R"re((?:["'`]|\n# )((?:T\d+, )*T\d+): )re");
    static const std::regex number(R"(T\d+)");
    for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found) {
        const std::string numbers = (*found)[1];
        for (std::sregex_iterator each(numbers.begin(), numbers.end(), number); each != end; ++each)
            tests[each->str()].insert(test);
    }
}

Tests named_by_tests() {
    Tests tests;
    for (const char* kind : {"unit", "integration", "faults", "abuse", "e2e", "package"}) {
        fs::recursive_directory_iterator files(kTree / "tests" / kind);
        for (auto file = begin(files); file != end(files); ++file) {
            if (file->path().filename() == "node_modules") file.disable_recursion_pending();
            const std::string path = fs::relative(file->path(), kTree / "tests").string();
            const std::size_t ending = path.find(path.ends_with(".sh") ? ".sh" : "_test.");
            if (ending != path.npos) add_threats(text_of(file->path()), path.substr(0, ending), tests);
        }
    }
    return tests;
}

}  // namespace

TEST_CASE("docs/security.md names the tests of each threat", "[threats]") {
    const Tests table = named_in_table();
    const Tests tests = named_by_tests();
    CHECK(table.size() == 54);
    for (const auto& [threat, named] : tests) {
        INFO(threat);
        REQUIRE(table.count(threat) == 1);
        CHECK(table.at(threat) == named);
    }
    for (const auto& [threat, named] : table) {
        INFO(threat);
        if (!named.empty()) CHECK(tests.count(threat) == 1);
    }
}

TEST_CASE("a threat without a test is explained", "[threats]") {
    const std::string text = text_of(kTree / "docs/security.md");
    const std::size_t heading = text.find("## Threats without a test");
    REQUIRE(heading != text.npos);
    for (const auto& [threat, named] : named_in_table()) {
        INFO(threat);
        const bool explained = text.find("**" + threat + "**", heading) != text.npos;
        CHECK(explained == named.empty());
    }
}
