// SPDX-License-Identifier: Apache-2.0
#include "config/table.h"

#include <catch2/catch.hpp>
#include <set>

#include "config/apply.h"
#include "config/load.h"
#include "config/value.h"
#include "unit/config/samples.h"

using namespace fairlead::config;

TEST_CASE("the table's defaults are those that the rooms have by themselves", "[table]") {
    const Config of_rooms;
    for (const Row& row : table()) {
        INFO(name_of(row));
        CHECK(format_value(row, row.get(of_rooms)) == format_value(row, standard_of(row)));
    }
}

TEST_CASE("the strict defaults let nobody in", "[table]") {
    const Config config = strict_defaults();
    CHECK_FALSE(config.core.anonymous);
    CHECK(config.core.topics.empty());
    CHECK(config.core.namespaces.empty());
    CHECK(config.edge.allowed_origins.empty());
    CHECK(config.secret_files.empty());
    CHECK_FALSE(config.edge.limit_loopback);
    CHECK(config.edge.listen == "127.0.0.1:8000");
}

TEST_CASE("each option has one name, one variable and a sentence", "[table]") {
    std::set<std::string> names;
    for (const Row& row : table()) {
        INFO(name_of(row));
        CHECK(names.insert(name_of(row)).second);
        CHECK(names.insert(variable_of(row)).second);
        CHECK(find_row(row.section, row.key) == &row);
        CHECK(row.what.size() > 10);
        CHECK(row.what.back() == '.');
    }
}

TEST_CASE("each number's default lies in its range", "[table]") {
    for (const Row& row : table()) {
        if (!is_number(row)) continue;
        INFO(name_of(row));
        CHECK(row.minimum < row.maximum);
        const auto standard = std::get<std::int64_t>(standard_of(row));
        CHECK((standard >= row.minimum || !row.zero_word.empty()));
        CHECK(standard <= row.maximum);
    }
}

TEST_CASE("each option is set by a file", "[table]") {
    for (const Row& row : table()) {
        const Value value = test::sample_of(row);
        const std::string text =
            "[" + std::string(row.section) + "]\n" + std::string(row.key) + " = " + format_value(row, value);
        INFO(text);
        Config config = strict_defaults();
        Application application(config);
        application.apply(read_toml(text, "f.toml"));
        CHECK(application.problems().empty());
        CHECK(row.get(config) == value);
        CHECK(config.origins.at(name_of(row)) == "f.toml:2:1");
    }
}

TEST_CASE("each option is set by its variable", "[table]") {
    for (const Row& row : table()) {
        const Value value = test::sample_of(row);
        INFO(variable_of(row) << "=" << test::untyped(row, value));
        Config config = strict_defaults();
        Application application(config);
        application.apply(read_environment({{variable_of(row), test::untyped(row, value)}}));
        CHECK(application.problems().empty());
        CHECK(row.get(config) == value);
        CHECK(config.origins.at(name_of(row)) == variable_of(row));
    }
}

TEST_CASE("each option is set by a flag", "[table]") {
    for (const Row& row : table()) {
        const Value value = test::sample_of(row);
        const std::string text = name_of(row) + "=" + test::untyped(row, value);
        INFO(text);
        Config config = strict_defaults();
        Application application(config);
        application.apply(read_overrides({text}));
        CHECK(application.problems().empty());
        CHECK(row.get(config) == value);
        CHECK(config.origins.at(name_of(row)) == "--set");
    }
}

TEST_CASE("an option sets no other one", "[table]") {
    for (const Row& row : table()) {
        Config config = strict_defaults();
        row.set(config, test::sample_of(row));
        for (const Row& other : table()) {
            if (&other == &row) continue;
            INFO(name_of(row) << " and " << name_of(other));
            CHECK(other.get(config) == standard_of(other));
        }
    }
}

TEST_CASE("the deadline of requests is told to core and backplane", "[table]") {
    Config config = strict_defaults();
    find_row("backplane", "request_deadline")->set(config, std::int64_t{1500});
    CHECK(config.core.request_deadline == std::chrono::milliseconds(1500));
    CHECK(config.backplane.request_deadline == std::chrono::milliseconds(1500));
}
