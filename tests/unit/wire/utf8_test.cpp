// SPDX-License-Identifier: Apache-2.0
#include "wire/utf8.h"

#include <catch2/catch.hpp>
#include <string>

namespace fairlead::wire {
namespace {

/// The encoding of any number that four bytes hold, with no look at whether it is allowed.
std::string encode(std::uint32_t point) {
    const auto tail = [&](int shift) { return static_cast<char>(0x80 | (point >> shift & 0x3f)); };
    if (point < 0x80) {
        return {static_cast<char>(point)};
    }
    if (point < 0x800) {
        return {static_cast<char>(0xc0 | point >> 6), tail(0)};
    }
    if (point < 0x10000) {
        return {static_cast<char>(0xe0 | point >> 12), tail(6), tail(0)};
    }
    return {static_cast<char>(0xf0 | point >> 18), tail(12), tail(6), tail(0)};
}

}  // namespace

TEST_CASE("every code point but surrogates is valid and comes back", "[wire][utf8]") {
    for (std::uint32_t point = 0; point < 0x200000; ++point) {
        const bool allowed = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        const std::string text = encode(point);
        std::size_t offset = 0;
        const std::uint32_t decoded = next_code_point(text, offset);
        if (valid_utf8(text) != allowed || decoded != (allowed ? point : kNoCodePoint) ||
            offset != (allowed ? text.size() : 0)) {
            FAIL(point);
        }
    }
}

TEST_CASE("no sequence of three bytes is valid by mistake", "[wire][utf8]") {
    // Valid means: encoding what was decoded gives the same bytes.
    constexpr unsigned char kLast[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    for (std::uint32_t bytes = 0; bytes < 0x10000 * std::size(kLast); ++bytes) {
        const unsigned char last = kLast[bytes >> 16];
        const char text[] = {static_cast<char>(bytes >> 8), static_cast<char>(bytes),
                             static_cast<char>(last)};
        const std::string_view view(text, 3);
        std::size_t offset = 0;
        std::string again;
        while (offset < view.size()) {
            const std::uint32_t point = next_code_point(view, offset);
            if (point == kNoCodePoint) {
                break;
            }
            again += encode(point);
        }
        const bool whole = offset == view.size();
        if (whole != valid_utf8(view) || again != view.substr(0, offset)) {
            FAIL(bytes);
        }
    }
}

TEST_CASE("a broken character is found at every place of a long text", "[wire][utf8]") {
    for (std::size_t length = 1; length <= 40; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            std::string text(length, 'x');
            CHECK(valid_utf8(text));
            text[at] = '\x80';
            CHECK_FALSE(valid_utf8(text));
            text.replace(at, 1, "\xe2\x82\xac");
            CHECK(valid_utf8(text));
            text.resize(at + 2);
            CHECK_FALSE(valid_utf8(text));
        }
    }
}

TEST_CASE("overlong forms, surrogates and numbers beyond Unicode are not valid", "[wire][utf8]") {
    for (const char* text :
         {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
          "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "\x80"}) {
        CHECK_FALSE(valid_utf8(text));
    }
}

TEST_CASE("a text is cut at a character's boundary", "[wire][utf8]") {
    const std::string_view text = "a\xc3\xa9\xf0\x9f\x90\xa2z";  // 1 + 2 + 4 + 1 bytes
    const std::size_t lengths[] = {0, 1, 1, 3, 3, 3, 3, 7, 8, 8};
    for (std::size_t bytes = 0; bytes < std::size(lengths); ++bytes) {
        CHECK(truncate_utf8(text, bytes) == text.substr(0, lengths[bytes]));
    }
}

}  // namespace fairlead::wire
