// SPDX-License-Identifier: Apache-2.0
#include "wire/topic.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "wire/limits.h"

namespace fairlead::wire {
namespace {

std::string repeated(std::string_view segment, std::size_t count) {
    std::string name(segment);
    for (std::size_t i = 1; i < count; ++i) {
        name.append(".").append(segment);
    }
    return name;
}

}  // namespace

TEST_CASE("names that are topics are patterns too", "[wire][topic]") {
    for (const char* name : {"a", "orders.create", "A-Z_0.9", "_x.y", "-", "a._b", "0"}) {
        INFO(name);
        CHECK(valid_topic(name));
        CHECK(valid_pattern(name));
        CHECK(matches(name, name));
    }
}

TEST_CASE("names that are neither topics nor patterns", "[wire][topic]") {
    using std::string_view_literals::operator""sv;
    for (const std::string_view name :
         {""sv,      "."sv,     ".a"sv,       "a."sv,  "a..b"sv, "a b"sv, "a/b"sv, "a:b"sv,
          "a%2eb"sv, "a\0"sv,   "\xc3\xa9"sv, "a\n"sv, "$x"sv,   "a*"sv,  "*a"sv,  "a>"sv,
          ">.a"sv,   "a.>.b"sv, "**"sv,       ">>"sv,  "*>"sv,   "a.*b"sv}) {
        INFO(name);
        CHECK_FALSE(valid_topic(name));
        CHECK_FALSE(valid_pattern(name));
        CHECK_FALSE(matches(name, name));
    }
}

TEST_CASE("patterns are no topics", "[wire][topic]") {
    for (const char* name : {"*", ">", "a.*", "*.a", "a.>", "*.>", "*.*.>", "a.*.b.>"}) {
        INFO(name);
        CHECK(valid_pattern(name));
        CHECK_FALSE(valid_topic(name));
    }
}

TEST_CASE("T16: topics are bounded in segments and bytes", "[wire][topic]") {
    CHECK(valid_topic(repeated("a", kMaxTopicSegments)));
    CHECK_FALSE(valid_topic(repeated("a", kMaxTopicSegments + 1)));
    CHECK(valid_topic(std::string(kMaxTopicBytes, 'a')));
    CHECK_FALSE(valid_topic(std::string(kMaxTopicBytes + 1, 'a')));
    CHECK_FALSE(valid_topic(std::string(1'000'000, '.')));
    CHECK(valid_pattern(repeated("a", kMaxTopicSegments - 1) + ".>"));
    CHECK_FALSE(valid_pattern(repeated("a", kMaxTopicSegments) + ".>"));
}

TEST_CASE("T17: stars of a pattern are bounded", "[wire][topic]") {
    CHECK(valid_pattern(repeated("*", kMaxPatternStars) + ".>"));
    CHECK_FALSE(valid_pattern(repeated("*", kMaxPatternStars + 1)));
}

TEST_CASE("patterns cover topics", "[wire][topic]") {
    struct Case {
        const char* pattern;
        const char* topic;
        bool covers;
    };
    const Case cases[] = {{"a.b", "a.b", true},      {"a.b", "a.B", false},   {"a.b", "a", false},
                          {"a", "a.b", false},       {"*", "a", true},        {"*", "a.b", false},
                          {"a.*", "a.b", true},      {"a.*", "a", false},     {"a.*", "a.b.c", false},
                          {"*.b", "a.b", true},      {"*.b", "a.c", false},   {"a.*.c", "a.b.c", true},
                          {"a.*.c", "a.b.d", false}, {">", "a", true},        {">", "a.b.c", true},
                          {"a.>", "a", false},       {"a.>", "a.b", true},    {"a.>", "a.b.c.d", true},
                          {"a.>", "b.c", false},     {"*.>", "a", false},     {"*.>", "a.b", true},
                          {"a.*.>", "a.b", false},   {"a.*.>", "a.b.c", true}};
    for (const Case& each : cases) {
        INFO(each.pattern << " and " << each.topic);
        CHECK(matches(each.pattern, each.topic) == each.covers);
    }
}

TEST_CASE("T31: no wildcard in front covers a reserved name", "[wire][topic]") {
    CHECK(is_reserved("_hook.connect"));
    CHECK(is_reserved("_"));
    CHECK_FALSE(is_reserved("a._b"));
    CHECK_FALSE(matches(">", "_hook.connect"));
    CHECK_FALSE(matches("*.connect", "_hook.connect"));
    CHECK(matches("_hook.*", "_hook.connect"));
    CHECK(matches("_hook.>", "_hook.connect"));
    CHECK(matches("*._b", "a._b"));
    CHECK(matches(">", "a._b"));
}

TEST_CASE("a name is cut into its segments", "[wire][topic]") {
    const auto segments = split_topic("orders.created.eu");
    REQUIRE(segments);
    CHECK(std::vector<std::string_view>(segments->begin(), segments->end()) ==
          std::vector<std::string_view>{"orders", "created", "eu"});
    CHECK_FALSE(split_topic("a.*"));
    CHECK(split_pattern("a.*")->count == 2);
}

}  // namespace fairlead::wire
