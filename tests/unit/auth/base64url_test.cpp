// SPDX-License-Identifier: Apache-2.0
#include "auth/base64url.h"

#include <catch2/catch.hpp>
#include <random>

#include "support/jwt.h"

namespace fairlead::auth {
namespace {

TEST_CASE("base64url reads what is written by its rules", "[base64url]") {
    CHECK(decode_base64url("") == "");
    CHECK(decode_base64url("Zg") == "f");
    CHECK(decode_base64url("Zm8") == "fo");
    CHECK(decode_base64url("Zm9v") == "foo");
    CHECK(decode_base64url("-_-_") == "\xfb\xff\xbf");
    std::mt19937 random(3);
    for (std::size_t length = 0; length < 300; ++length) {
        std::string bytes(length, '\0');
        for (char& c : bytes)
            c = static_cast<char>(random());
        REQUIRE(decode_base64url(test::encode_base64url(bytes)) == bytes);
    }
}

TEST_CASE("base64url has one spelling", "[base64url]") {
    const std::string text =
        GENERATE("A", "Z", "Zm9vA", "Zm9vZ", "Zg==", "Zg=", "Zm8=", "=", "Zh", "Zv", "Zm9", "+/+/", "Zm9v\n",
                 " Zm9v", "Zm 9v", "Zm.v", "Zm9%76", "\xc3\xa9");
    CAPTURE(text);
    CHECK_FALSE(decode_base64url(text));
    CHECK_FALSE(decode_base64url(std::string("Zm\0v", 4)));
}

TEST_CASE("every pair of digits is either refused or the only spelling of its byte", "[base64url]") {
    int accepted = 0;
    for (int a = 0; a < 256; ++a) {
        for (int b = 0; b < 256; ++b) {
            const std::string text{static_cast<char>(a), static_cast<char>(b)};
            const auto bytes = decode_base64url(text);
            if (!bytes) continue;
            ++accepted;
            REQUIRE(test::encode_base64url(*bytes) == text);
        }
    }
    CHECK(accepted == 256);
}

}  // namespace
}  // namespace fairlead::auth
