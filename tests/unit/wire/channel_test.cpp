// SPDX-License-Identifier: Apache-2.0
#include "wire/channel.h"

#include <catch2/catch.hpp>
#include <string>

#include "wire/limits.h"

namespace fairlead::wire {

TEST_CASE("names that are channels", "[wire][channel]") {
    for (const char* name : {"a",
                             "news",
                             "shop:feed",
                             "a:b:c",
                             ":x",
                             "x:",
                             ":",
                             "user:42",
                             "$private",
                             "_x",
                             "a.b>*",
                             "%2e",
                             "\xc3\xa9t\xc3\xa9:\xe2\x82\xac",
                             "\xf0\x9f\x90\xa2",
                             "\xef\xbf\xbd",
                             "\xc2\xa1",
                             "\xe2\x80\xa7",
                             "\xe2\x80\xaa",
                             "\xee\x80\x80",
                             "\xef\xb7\x8f",
                             "\xef\xb7\xb0"}) {
        INFO(name);
        CHECK(valid_channel(name));
    }
}

TEST_CASE("names that are no channels", "[wire][channel]") {
    using std::string_view_literals::operator""sv;
    for (const std::string_view name : {""sv,
                                        " "sv,
                                        "a b"sv,
                                        "a\tb"sv,
                                        "a\n"sv,
                                        "a\0b"sv,
                                        "\x1f"sv,
                                        "\x7f"sv,
                                        "\xc2\x80"sv,
                                        "\xc2\x9f"sv,
                                        "\xc2\xa0"sv,
                                        "\xe2\x80\xa8"sv,
                                        "\xe2\x80\xa9"sv,
                                        "\xef\xb7\x90"sv,
                                        "\xef\xb7\xaf"sv,
                                        "\xef\xbf\xbe"sv,
                                        "\xef\xbf\xbf"sv,
                                        "\xf0\x9f\xbf\xbe"sv,
                                        "\xf4\x8f\xbf\xbf"sv,
                                        "\xff"sv,
                                        "a\xc3"sv,
                                        "\xed\xa0\x80"sv,
                                        "\xc0\xaf"sv}) {
        INFO(name);
        CHECK_FALSE(valid_channel(name));
        CHECK_FALSE(valid_user(name));
    }
}

TEST_CASE("the length of a channel is bounded in bytes", "[wire][channel]") {
    CHECK(valid_channel(std::string(kMaxChannelBytes, 'x')));
    CHECK_FALSE(valid_channel(std::string(kMaxChannelBytes + 1, 'x')));
    CHECK(valid_channel(std::string(253, 'x') + "\xc3\xa9"));
    CHECK_FALSE(valid_channel(std::string(254, 'x') + "\xc3\xa9"));
}

TEST_CASE("the namespace is what stands before the first colon", "[wire][channel]") {
    CHECK(namespace_of("shop:feed") == "shop");
    CHECK(namespace_of("a:b:c") == "a");
    CHECK(namespace_of("news").empty());
    CHECK(namespace_of(":x").empty());
    CHECK(namespace_of("x:") == "x");
}

TEST_CASE("every valid user has a channel of its own", "[wire][channel]") {
    const std::string longest(kMaxUserBytes, 'u');
    CHECK(valid_user(longest));
    CHECK_FALSE(valid_user(longest + "u"));
    CHECK(valid_channel(user_channel(longest)));
    for (const char* user : {"42", "a:b", "user:1", "\xc3\xa9"}) {
        CHECK(user_channel(user) == std::string("user:") + user);
        CHECK(is_user_channel(user_channel(user)));
        CHECK(user_of(user_channel(user)) == user);
    }
}

TEST_CASE("other namespaces are not the users'", "[wire][channel]") {
    for (const char* channel : {"user", "users:1", "User:1", "my:user:1", ""}) {
        CHECK_FALSE(is_user_channel(channel));
        CHECK(user_of(channel).empty());
    }
    CHECK(is_user_channel("user:"));
}

}  // namespace fairlead::wire
