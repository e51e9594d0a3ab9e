// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "config/apply.h"
#include "config/check.h"
#include "config/development.h"
#include "config/load.h"
#include "config/value.h"
#include "unit/config/documentation.h"
#include "unit/config/folder.h"

// What the repository ships beside the code: the manual and the example. The working directory is tests/.
using namespace fairlead::config;

namespace {

constexpr const char* kManual = "../docs/configuration.md";
constexpr const char* kExample = "../tools/packaging/fairlead.toml";
constexpr const char* kBegin = "<!-- options: begin -->\n";
constexpr const char* kEnd = "<!-- options: end -->\n";

struct Manual {
    std::string before, options, after;
};

Manual read_manual() {
    const std::string text = test::read_whole(kManual);
    const auto begin = text.find(kBegin);
    const auto end = text.find(kEnd);
    REQUIRE(begin != std::string::npos);
    REQUIRE(end != std::string::npos);
    const auto first = begin + std::string(kBegin).size();
    return {text.substr(0, first), text.substr(first, end - first), text.substr(end)};
}

// "#key = value" is an option that is left at its default, "# words" is for people.
std::string with_options_in(const std::string& text) {
    std::istringstream in(text);
    std::string out;
    for (std::string line; std::getline(in, line);) {
        const bool option = line.size() > 1 && line[0] == '#' && line[1] != ' ' && line[1] != '#';
        out += (option ? line.substr(1) : line) + "\n";
    }
    return out;
}

Config applied(const std::string& text) {
    Config config = strict_defaults();
    Application application(config);
    application.apply(read_toml(text, "fairlead.toml"));
    for (const auto& problem : application.problems()) {
        UNSCOPED_INFO(line_of(problem));
        CHECK(problem.what.empty());
    }
    CHECK(check(config, application.failed()).empty());
    return config;
}

}  // namespace

TEST_CASE("docs/configuration.md lists each option as the table has it", "[shipped]") {
    INFO("after a change of the table run: test_config \"write docs/configuration.md\"");
    CHECK(read_manual().options == test::options_as_markdown());
}

TEST_CASE("write docs/configuration.md", "[.write]") {
    const Manual manual = read_manual();
    std::ofstream(kManual) << manual.before << test::options_as_markdown() << manual.after;
}

TEST_CASE("T50: the example configuration validates and has nothing weak", "[shipped]") {
    const Config config = applied(test::read_whole(kExample));
    for (const auto& weak : weak_settings(config)) {
        UNSCOPED_INFO(line_of(weak));
        CHECK(weak.what.empty());
    }
}

TEST_CASE("the example configuration shows each option, at its default where it is commented out",
          "[shipped]") {
    const Config active = applied(test::read_whole(kExample));
    const Config all = applied(with_options_in(test::read_whole(kExample)));
    for (const Row& row : table()) {
        INFO(name_of(row));
        CHECK(all.origins.count(name_of(row)) == 1);
        if (active.origins.count(name_of(row)) == 0) CHECK(row.get(all) == standard_of(row));
    }
}

TEST_CASE("the development profile loads and names the file of its text", "[shipped]") {
    const test::Folder folder;
    Inputs inputs;
    inputs.file = folder.write("development.toml", development_text());
    const auto as_file = load(inputs).config;
    const auto built_in = load({}).config;
    REQUIRE(as_file);
    REQUIRE(built_in);
    for (const Row& row : table())
        CHECK(row.get(*as_file) == row.get(*built_in));
}
