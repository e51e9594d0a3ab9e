// SPDX-License-Identifier: Apache-2.0
#include "client/url.h"

#include <catch2/catch.hpp>

namespace fairlead::client {
namespace {

TEST_CASE("wss:// is TLS, on port 443 where none is given", "[url]") {
    const auto url = parse_url("wss://localhost/x");
    REQUIRE(url);
    CHECK(url->tls);
    CHECK(url->port == 443);
    CHECK(url->authority() == "localhost");
    CHECK(parse_url("wss://localhost:80")->authority() == "localhost:80");
    CHECK_FALSE(parse_url("ws://localhost:443")->tls);
}

TEST_CASE("addresses are taken apart", "[url]") {
    const auto url = parse_url("ws://example.org:8000/connection/websocket?format=json");
    REQUIRE(url);
    CHECK(url->host == "example.org");
    CHECK(url->port == 8000);
    CHECK(url->target == "/connection/websocket?format=json");
    CHECK(url->authority() == "example.org:8000");
}

TEST_CASE("port and path have defaults", "[url]") {
    const auto url = parse_url("ws://localhost");
    REQUIRE(url);
    CHECK(url->port == 80);
    CHECK(url->target == "/");
    CHECK(url->authority() == "localhost");
    CHECK(parse_url("ws://localhost?a=b")->target == "/?a=b");
}

TEST_CASE("an IPv6 host stands in brackets", "[url]") {
    const auto url = parse_url("ws://[::1]:8000/x");
    REQUIRE(url);
    CHECK(url->host == "::1");
    CHECK(url->port == 8000);
    CHECK(url->authority() == "[::1]:8000");
    CHECK(parse_url("ws://[::1]")->host == "::1");
}

TEST_CASE("wrong addresses are refused", "[url]") {
    for (const char* text :
         {"", "http://x", "ws://", "ws://:80", "ws://h:", "ws://h:0", "ws://h:65536", "ws://h:8x",
          "ws://[::1", "ws://[::1]80", "ws://h/a b", "ws://h/a#b", "ws://h/\r\nX: y"}) {
        INFO(text);
        CHECK_FALSE(parse_url(text));
    }
}

}  // namespace
}  // namespace fairlead::client
