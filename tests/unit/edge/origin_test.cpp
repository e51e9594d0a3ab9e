// SPDX-License-Identifier: Apache-2.0
#include "edge/origin.h"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

using fairlead::edge::OriginList;

namespace {

struct Row {
    std::string origin;
    bool allowed;
};

const std::vector<std::string> kList = {"https://app.example", "http://localhost:*", "https://[2001:db8::1]:8443",
                                        "http://127.0.0.1:3000", "capacitor://localhost"};

}  // namespace

TEST_CASE("T1: only the listed origins are allowed", "[edge][origin]") {
    OriginList list(kList);
    const Row rows[] = {
        {"", true},  // native clients send none
        {"https://app.example", true},
        {"https://APP.Example", true},
        {"HTTPS://app.example", true},
        {"https://app.example:443", true},
        {"https://app.example:0443", false},
        {"https://app.example:8443", false},
        {"https://app.example:80", false},
        {"http://app.example", false},
        {"wss://app.example", false},
        {"https://app.example.", false},
        {"https://app.example.evil", false},
        {"https://evil-app.example", false},
        {"https://sub.app.example", false},
        {"https://app.example@evil", false},
        {"https://evil@app.example", false},
        {"https://app.example/", false},
        {"https://app.example/path", false},
        {"https://app.example?x", false},
        {"https://app.example#x", false},
        {"https://app.example:", false},
        {"https://app.example:443:443", false},
        {"https://app.example:*", false},
        {"https://", false},
        {"https:app.example", false},
        {"app.example", false},
        {"://app.example", false},
        {"null", false},
        {"NULL", false},
        {"*", false},
        {"https://*", false},
        {"https://xn--pp-eka.example", false},
        {"https://\xc3\xa0pp.example", false},
        {"https://app.example https://evil", false},
        {"https://app.example,https://evil", false},
        {" https://app.example", false},
        {"https://app.example ", false},
        {"https://app.example%00", false},
        {"http://localhost", true},
        {"http://localhost:1", true},
        {"http://localhost:65535", true},
        {"http://localhost:123456", false},
        {"https://localhost", false},
        {"http://localhost.evil:80", false},
        {"http://127.0.0.1:3000", true},
        {"http://127.0.0.1", false},
        {"http://127.1:3000", false},
        {"https://[2001:db8::1]:8443", true},
        {"https://[2001:DB8::1]:8443", true},
        {"https://[2001:db8::1]", false},
        {"https://[2001:db8::2]:8443", false},
        {"https://2001:db8::1:8443", false},
        {"https://[2001:db8::1", false},
        {"capacitor://localhost", true},
        {"capacitor://localhost:80", false},
        {"file://", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.origin);
        CHECK(list.allows(row.origin, "app.example") == row.allowed);
    }
}

TEST_CASE("T1: an empty list allows pages of the same host and port", "[edge][origin]") {
    OriginList list({});
    CHECK(list.allows("https://chat.example", "chat.example"));
    CHECK(list.allows("https://chat.example:8443", "chat.example:8443"));
    CHECK(list.allows("https://chat.example", "Chat.Example:443"));
    CHECK(list.allows("", "chat.example"));
    CHECK_FALSE(list.allows("https://evil.example", "chat.example"));
    CHECK_FALSE(list.allows("https://chat.example:8443", "chat.example"));
    CHECK_FALSE(list.allows("null", "chat.example"));
    CHECK_FALSE(list.allows("https://chat.example", ""));
}

TEST_CASE("an entry that is no origin is refused at the start", "[edge][origin]") {
    for (const char* entry : {"*", "app.example", "https://", "https://a b", "https://app.example/", "https://app:x"}) {
        CAPTURE(entry);
        CHECK_THROWS_AS(OriginList({entry}), std::invalid_argument);
    }
}
