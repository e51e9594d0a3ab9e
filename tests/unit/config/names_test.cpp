// SPDX-License-Identifier: Apache-2.0
#include "config/names.h"

#include <catch2/catch.hpp>

using namespace fairlead::config;

TEST_CASE("origins as browsers and applications send them are fine", "[names]") {
    for (const char* text :
         {"https://example.com", "https://example.com:8443", "http://localhost:*", "http://127.0.0.1:8080",
          "http://[::1]:*", "https://[2001:db8::1]", "capacitor://localhost", "https://a-b.example.co",
          "https://EXAMPLE.com", "https://example.com:443"}) {
        INFO(text);
        CHECK(refuse_origin(text).empty());
    }
}

TEST_CASE("what no browser sends as an origin is refused", "[names]") {
    for (const char* text :
         {"", "*", "null", "example.com", "https://", "://a", "https://a/", "https://a/b", "https://*.a",
          "https://a:", "https://a:0", "https://a:65536", "https://a:1:2", "https://a b", "https://user@a",
          "https://a?b", "https://[::1", "https://[zz]", "1ttp://a"}) {
        INFO(text);
        CHECK_FALSE(refuse_origin(text).empty());
    }
}

TEST_CASE("networks are addresses or begin like one", "[names]") {
    for (const char* text : {"192.0.2.1", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::1", "::/0", "192.0.2.1/32"}) {
        INFO(text);
        CHECK(refuse_network(text).empty());
    }
    for (const char* text : {"", "localhost", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/08", "2001:db8::1/64", "[::1]",
                             "::/129", "10.0.0.0/8/8", "10.0.0.0/x", "192.0.2.1:80"}) {
        INFO(text);
        CHECK_FALSE(refuse_network(text).empty());
    }
}

TEST_CASE("topics and patterns go by the rules of the wire", "[names]") {
    for (const char* text : {"orders.create", "orders.*", ">", "*.created", "orders.>"})
        CHECK(refuse_pattern(text).empty());
    for (const char* text : {"", "orders.", ".orders", ">.a", "a b", "_admin", "_admin.>"})
        CHECK_FALSE(refuse_pattern(text).empty());
    CHECK(refuse_topic("").empty());
    CHECK(refuse_topic("chat.sent").empty());
    CHECK_FALSE(refuse_topic("chat.*").empty());
}

TEST_CASE("namespaces are what may stand before a colon", "[names]") {
    for (const char* text : {"", "*", "chat", "Räume", "a.b/c"})
        CHECK(refuse_namespace(text).empty());
    CHECK(refuse_namespace(std::string(254, 'a')).empty());
    CHECK_FALSE(refuse_namespace(std::string(255, 'a')).empty());
    for (const char* text : {"user", "a:b", "a b", "a\n", "\xff"})
        CHECK_FALSE(refuse_namespace(text).empty());
}

TEST_CASE("paths are those of URLs", "[names]") {
    for (const char* text : {"/", "/connection/websocket", "/a%20b"})
        CHECK(refuse_path(text).empty());
    for (const char* text : {"", "a", "/a b", "/a?b", "/a#b", "/\x7f", "/\xc3\xa4"})
        CHECK_FALSE(refuse_path(text).empty());
}
