// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "edge/utf8_validator.h"
#include "edge/websocket.h"

using fairlead::edge::close_text;

TEST_CASE("a close reason is never empty: an SDK would reconnect on a terminal code", "[edge][close]") {
    for (int code : {3000, 3001, 3008, 3012, 3500, 3501, 3502, 3507, 1009, 1002, 4000, 4999}) {
        CAPTURE(code);
        CHECK_FALSE(close_text(static_cast<std::uint16_t>(code), "").empty());
    }
}

TEST_CASE("a close reason is never JSON: an SDK would read members from it", "[edge][close]") {
    for (const char* text : {"12", "true", "null", "{\"reconnect\":false}", "[1]", "\"x\"", " 7 ", "-1"}) {
        CAPTURE(text);
        CHECK(close_text(3500, text).rfind("reason: ", 0) == 0);
    }
    CHECK(close_text(3500, "truely said") == "truely said");
}

TEST_CASE("a long close reason is cut at a character", "[edge][close]") {
    std::string text(122, 'x');
    text += "\xe2\x82\xac\xe2\x82\xac";
    std::string cut = close_text(3500, text);
    CHECK(cut == std::string(122, 'x'));
    for (std::size_t length = 100; length < 140; ++length) {
        std::string euros;
        for (std::size_t i = 0; i < length; ++i) euros += i % 2 == 0 ? "\xe2\x82\xac" : "\xf0\x9f\x98\x80";
        std::string short_one = close_text(4000, euros);
        CHECK(short_one.size() <= 123);
        CHECK(websocketpp::utf8_validator::validate(short_one));
    }
}

TEST_CASE("UTF-8 is checked across pieces and wrong bytes are found at once", "[edge][utf8]") {
    using websocketpp::utf8_validator::validate;
    using websocketpp::utf8_validator::validator;
    struct Row {
        std::string bytes;
        bool valid;
    };
    const Row rows[] = {
        {"plain ascii that is longer than eight bytes", true},
        {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", true},
        {"\xf0\x9f\x98\x80", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"\xf4\x90\x80\x80", false},
        {"\xc0\x80", false},
        {"\xc1\xbf", false},
        {"\xe0\x9f\xbf", false},
        {"\xf0\x8f\xbf\xbf", false},
        {"\xed\xa0\x80", false},
        {"\xed\x9f\xbf", true},
        {"\xee\x80\x80", true},
        {"\x80", false},
        {"\xff", false},
        {"\xe2\x82", false},
        {"abcdefgh\xc3", false},
        {"abcdefgh\xc3\xa9", true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.bytes);
        CHECK(validate(row.bytes) == row.valid);
        validator pieces;
        bool good = true;
        for (char c : row.bytes) {
            std::string piece(1, c);
            good = good && pieces.decode(piece.begin(), piece.end());
        }
        CHECK((good && pieces.complete()) == row.valid);
    }
}
