// SPDX-License-Identifier: Apache-2.0
#include "edge/json/writer.h"

#include <catch2/catch.hpp>

#include "edge/json/scanner.h"

using namespace fairlead::edge::json;

TEST_CASE("every character survives being written as a string", "[json][writer]") {
    for (int c = 0; c < 0x80; ++c) {
        for (const std::size_t before : {0U, 3U, 8U, 15U}) {
            const std::string text = std::string(before, 'x') + static_cast<char>(c) + "yyyyyyyyy\xC3\xA9";
            std::string out;
            append_string(out, text);
            if (scan(out).verdict != Verdict::ok) FAIL(c);
            const std::string_view inner = std::string_view{out}.substr(1, out.size() - 2);
            std::string back(inner.size(), '\0');
            back.resize(static_cast<std::size_t>(unescape(inner, back.data()) - back.data()));
            if (back != text) FAIL(c);
        }
    }
}

TEST_CASE("strings are escaped only where they must be", "[json][writer]") {
    std::string out;
    append_string(out, "a\"\\\b\f\n\r\t\x1f/\x7f\xE2\x80\xA8\xF0\x9F\x98\x80");
    CHECK(out == "\"a\\\"\\\\\\u0008\\u000c\\n\\r\\t\\u001f/\x7f\xE2\x80\xA8\xF0\x9F\x98\x80\"");
}

TEST_CASE("doubles are short, exact and always recognisable", "[json][writer]") {
    const auto written = [](double value) {
        std::string out;
        append_double(out, value);
        return out;
    };
    CHECK(written(1.0) == "1.0");
    CHECK(written(-0.0) == "-0.0");
    CHECK(written(0.1) == "0.1");
    CHECK(written(1e30) == "1e+30");
    CHECK(written(123456789012.0) == "123456789012.0");
    CHECK(written(5e-324) == "5e-324");
    CHECK(written(1.7976931348623157e308) == "1.7976931348623157e+308");
}
