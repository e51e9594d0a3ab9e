// SPDX-License-Identifier: Apache-2.0
#include "edge/json/scanner.h"

#include <catch2/catch.hpp>
#include <string>

using namespace fairlead::edge::json;

namespace {

Verdict verdict(std::string_view text) {
    return scan(text).verdict;
}

std::string repeat(std::string_view piece, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += piece;
    return out;
}

std::string nested(std::size_t depth) {
    return repeat("[", depth) + repeat("]", depth);
}

}  // namespace

TEST_CASE("scan takes what the grammar allows", "[json][scanner]") {
    for (const char* text : {"null",
                             "true",
                             "false",
                             "0",
                             "-0",
                             "7",
                             "-12",
                             "0.5",
                             "-0.0",
                             "1e5",
                             "1E+05",
                             "2e-3",
                             "10.25e1",
                             "18446744073709551616",
                             "\"\"",
                             "\"a\"",
                             "[]",
                             "{}",
                             " [ 1 , 2 ] ",
                             "\t{\r\n\"a\" : 1 }\n",
                             "[[],{},[{}]]",
                             R"({"":{"a":[1,"x",null,true,false]}})",
                             R"("\"\\\/\b\f\n\r\t\u0000\uABcd")",
                             R"("\ud83d\ude00")",
                             "\"\x7f\"",
                             R"({"a":1,"a":2})"}) {
        CAPTURE(text);
        CHECK(verdict(text) == Verdict::ok);
    }
}

TEST_CASE("scan rejects what the grammar does not allow", "[json][scanner]") {
    for (const char* text : {"",
                             " ",
                             "nul",
                             "nulll",
                             "True",
                             "tru",
                             "01",
                             "-01",
                             "-",
                             "+1",
                             "1.",
                             ".5",
                             "1e",
                             "1e+",
                             "1.e3",
                             "0x1",
                             "1 2",
                             "--1",
                             "NaN",
                             "Infinity",
                             "-Infinity",
                             "\"",
                             "\"a",
                             "'a'",
                             "\"\\x\"",
                             "\"\\u12\"",
                             "\"\\u12g4\"",
                             "\"\\\"",
                             "\"\t\"",
                             "\"\n\"",
                             "[",
                             "]",
                             "[1",
                             "[1,",
                             "[1,]",
                             "[,1]",
                             "[1 2]",
                             "[1}",
                             "{",
                             "}",
                             "{]",
                             "{1:2}",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\":1,}",
                             "{,}",
                             "{\"a\" 1}",
                             "{\"a\":1 \"b\":2}",
                             "{\"a\":1]",
                             "[]]",
                             "{}{}",
                             "// x",
                             "[1]/**/",
                             "\x01",
                             "{a:1}",
                             "\xEF\xBB\xBF{}",
                             "[\xC2\xA0]",
                             "\"\\ud83d\\x\"",
                             "\"\\ud83d\\u12\""}) {
        CAPTURE(text);
        CHECK(verdict(text) == Verdict::malformed);
    }
    CHECK(verdict(std::string_view{"\0", 1}) == Verdict::malformed);
    CHECK(verdict(std::string_view{"1\0", 2}) == Verdict::malformed);
    CHECK(verdict(std::string_view{"\"\0\"", 3}) == Verdict::malformed);
}

TEST_CASE("every prefix of a text is malformed", "[json][scanner]") {
    const std::string text = R"({"a":[1.5e+3,true,null,"x\u00e9\ud83d\ude00\n",{"b":-1}],"c":""})";
    REQUIRE(verdict(text) == Verdict::ok);
    for (std::size_t size = 0; size < text.size(); ++size) {
        CAPTURE(size);
        CHECK(verdict(std::string_view{text}.substr(0, size)) == Verdict::malformed);
    }
}

TEST_CASE("scan tells bytes that are not UTF-8 from broken grammar", "[json][scanner]") {
    for (const char* bytes : {"\x80",
                              "\xBF",
                              "\xC0\x80",
                              "\xC1\xBF",
                              "\xC2",
                              "\xC2 ",
                              "\xE0\x80\x80",
                              "\xE0\x9F\xBF",
                              "\xE2\x82",
                              "\xED\xA0\x80",
                              "\xED\xBF\xBF",
                              "\xF0\x80\x80\x80",
                              "\xF0\x8F\xBF\xBF",
                              "\xF4\x90\x80\x80",
                              "\xF5\x80\x80\x80",
                              "\xF0\x9F\x98",
                              "\xFE",
                              "\xFF",
                              "a\xFF",
                              "abcdefgh\xC0"}) {
        CAPTURE(bytes);
        const std::string text{bytes};
        CHECK(verdict("\"" + text + "\"") == Verdict::bad_utf8);
        CHECK(verdict("[\"" + text + "xxxxxxxxx\"]") == Verdict::bad_utf8);
        CHECK(verdict("{\"" + text + "\":1}") == Verdict::bad_utf8);
        CHECK(verdict("[" + text + "]") == Verdict::bad_utf8);
        CHECK(verdict("nope " + text) == Verdict::bad_utf8);
        CHECK(verdict("\"" + text) == Verdict::bad_utf8);
    }
}

TEST_CASE("scan takes all of Unicode raw and escaped", "[json][scanner]") {
    for (std::uint32_t point = 1; point <= 0x10FFFF; point += point < 0x11000 ? 1 : 251) {
        if (point >= 0xD800 && point <= 0xDFFF) continue;
        if (point < 0x20 || point == '"' || point == '\\') continue;
        std::string raw;
        if (point < 0x80) {
            raw = {static_cast<char>(point)};
        } else if (point < 0x800) {
            raw = {static_cast<char>(0xC0 | (point >> 6)), static_cast<char>(0x80 | (point & 0x3F))};
        } else if (point < 0x10000) {
            raw = {static_cast<char>(0xE0 | (point >> 12)), static_cast<char>(0x80 | ((point >> 6) & 0x3F)),
                   static_cast<char>(0x80 | (point & 0x3F))};
        } else {
            raw = {static_cast<char>(0xF0 | (point >> 18)), static_cast<char>(0x80 | ((point >> 12) & 0x3F)),
                   static_cast<char>(0x80 | ((point >> 6) & 0x3F)), static_cast<char>(0x80 | (point & 0x3F))};
        }
        if (scan("\"" + raw + "\"").verdict != Verdict::ok) FAIL(point);
        char escape[16];
        if (point < 0x10000) {
            std::snprintf(escape, sizeof escape, "\\u%04x", point);
        } else {
            std::snprintf(escape, sizeof escape, "\\u%04X\\u%04x", 0xD800 + ((point - 0x10000) >> 10),
                          0xDC00 + (point & 0x3FF));
        }
        if (scan(std::string{"\""} + escape + "\"").verdict != Verdict::ok) FAIL(point);
        std::string out(sizeof escape, '\0');
        out.resize(static_cast<std::size_t>(unescape(escape, out.data()) - out.data()));
        if (out != raw) FAIL(point);
    }
}

TEST_CASE("a lone surrogate is refused and the scan goes on", "[json][scanner]") {
    for (const char* text :
         {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\n")", R"("\ud800\ud800")",
          R"("\udc00\ud800")", R"("\ud83d\u0041")", R"({"\udfff":1})", R"("\ud83d\ud83d\ude00")",
          R"("\ud800\ue000")", R"("\udc00\udc00")", "[\"\\ud800\", 1e400]"}) {
        CAPTURE(text);
        const Scan found = scan(text);
        CHECK(found.verdict == Verdict::refused);
        CHECK(found.refusal == Refusal::lone_surrogate);
        CHECK(found.value.json == text);
    }
    CHECK(verdict(R"(["\ud800",])") == Verdict::malformed);
    CHECK(scan(R"(["\ud800",])").refusal == Refusal::none);
    CHECK(verdict("[\"\\ud800\",\"\xFF\"]") == Verdict::bad_utf8);
    CHECK(verdict(R"(["\ud800" x)") == Verdict::malformed);
}

TEST_CASE("T19: a number beyond a double is refused and one below it is not", "[json][scanner]") {
    for (const std::string& text :
         {std::string{"1e400"}, std::string{"-1e400"}, std::string{"1.8e308"},
          std::string{"1e99999999999999999999999"}, std::string{"0.0001e313"}, std::string{"123456e304"},
          "1" + repeat("0", 309), "-1" + repeat("0", 4000) + ".5"}) {
        CAPTURE(text);
        CHECK(scan("[" + text + "]").verdict == Verdict::refused);
        CHECK(scan("[" + text + "]").refusal == Refusal::number_beyond_double);
    }
    for (const std::string& text :
         {std::string{"1e308"}, std::string{"1.7976931348623157e308"}, std::string{"1e-400"},
          std::string{"-1e-400"}, std::string{"0e999999999"}, std::string{"0.0e400"},
          std::string{"1e-99999999999999999999"}, "1" + repeat("0", 308), "0." + repeat("0", 400) + "1e401",
          "1" + repeat("0", 400) + "e-401", "0." + repeat("0", 4000) + "1"}) {
        CAPTURE(text);
        CHECK(scan("[" + text + "]").verdict == Verdict::ok);
    }
}

TEST_CASE("depth is counted by brackets and refused beyond the limit", "[json][scanner]") {
    CHECK(verdict(nested(64)) == Verdict::ok);
    CHECK(verdict(nested(65)) == Verdict::refused);
    CHECK(scan(nested(65)).refusal == Refusal::too_deep);
    CHECK(verdict(repeat("{\"a\":", 64) + "1" + repeat("}", 64)) == Verdict::ok);
    CHECK(verdict(repeat("{\"a\":", 65) + "1" + repeat("}", 65)) == Verdict::refused);
    CHECK(scan(nested(3), 2).verdict == Verdict::refused);
    CHECK(scan(nested(128), 128).verdict == Verdict::ok);
    CHECK(scan(nested(129), 128).verdict == Verdict::refused);
    CHECK(verdict("[" + repeat("[[]],", 1000) + "[]]") == Verdict::ok);
}

TEST_CASE("T19: a depth bomb costs neither the stack nor the grammar", "[json][scanner]") {
    constexpr std::size_t kMillion = 1'000'000;
    CHECK(verdict(nested(kMillion)) == Verdict::refused);
    CHECK(verdict(repeat("[", kMillion)) == Verdict::malformed);
    CHECK(verdict(repeat("{\"\":[", kMillion) + "1" + repeat("]}", kMillion)) == Verdict::refused);
    // The one wrong bracket is still found at the bottom.
    CHECK(verdict(repeat("{\"\":[", kMillion) + "1}" + repeat("]}", kMillion)) == Verdict::malformed);
    CHECK(verdict(repeat("[", 300) + repeat("]", 299) + "}") == Verdict::malformed);
}

TEST_CASE("the value of a text comes without the space around it", "[json][scanner]") {
    CHECK(scan(" [1] ").value.json == "[1]");
    CHECK_FALSE(scan(" [1] ").value.spaced);
    CHECK(scan("[1, 2]").value.spaced);
    CHECK(scan("[1\n]").value.spaced);
    CHECK(scan("{\"a\" :1}").value.spaced);
    CHECK_FALSE(scan("\"a b\"").value.spaced);
    CHECK_FALSE(scan("[\" \\n \"]").value.spaced);
}
