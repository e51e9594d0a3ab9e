// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "app/version.h"

using namespace fairlead::app;

namespace {

struct Parsed {
    CommandLine line;
    std::string out, errors;
};

Parsed parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "fairlead-broker");
    std::ostringstream out;
    std::ostringstream errors;
    auto line = parse_command_line(static_cast<int>(arguments.size()), arguments.data(), out, errors);
    return {std::move(line), out.str(), errors.str()};
}

}  // namespace

TEST_CASE("without arguments the broker runs on the development profile", "[command_line]") {
    const auto parsed = parse({});
    CHECK_FALSE(parsed.line.exit_status);
    CHECK(parsed.line.action == Action::run);
    CHECK_FALSE(parsed.line.file);
    CHECK(parsed.line.overrides.empty());
}

TEST_CASE("a file and overrides are taken in their order", "[command_line]") {
    const auto parsed = parse({"--set", "client.topics=a,b", "--config", "f.toml",
                               "--set=client.topics=[\"c\"]", "--set", "token.audience="});
    CHECK_FALSE(parsed.line.exit_status);
    CHECK(parsed.line.file == "f.toml");
    CHECK(parsed.line.overrides ==
          std::vector<std::string>{"client.topics=a,b", "client.topics=[\"c\"]", "token.audience="});
}

TEST_CASE("checks and prints are actions of their own", "[command_line]") {
    CHECK(parse({"--check-config"}).line.action == Action::check_config);
    CHECK(parse({"--print-development"}).line.action == Action::print_development);
    CHECK(parse({"--check-config", "--print-development"}).line.exit_status == 2);
}

TEST_CASE("help and version go to stdout and end well", "[command_line]") {
    const auto help = parse({"--help"});
    CHECK(help.line.exit_status == 0);
    CHECK(help.errors.empty());
    for (const char* word : {"--config", "--set", "--check-config", "--print-development", "--version",
                             "FAIRLEAD_SECTION_KEY"}) {
        INFO(word);
        CHECK(help.out.find(word) != std::string::npos);
    }
    const auto version = parse({"--version"});
    CHECK(version.line.exit_status == 0);
    CHECK(version.out == std::string("fairlead-broker ") + kVersion + "\n");
}

TEST_CASE("mistakes go to stderr and end with 2", "[command_line]") {
    for (const auto& arguments : std::vector<std::vector<const char*>>{{"--conifg", "a"},
                                                                       {"--config"},
                                                                       {"--set"},
                                                                       {"file.toml"},
                                                                       {"--set", "a.b=1", "c"},
                                                                       {"--config", "a", "--config", "b"}}) {
        const auto parsed = parse(arguments);
        INFO(arguments[0]);
        CHECK(parsed.line.exit_status == 2);
        CHECK(parsed.out.empty());
        CHECK_FALSE(parsed.errors.empty());
    }
}
