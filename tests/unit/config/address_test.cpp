// SPDX-License-Identifier: Apache-2.0
#include "config/address.h"

#include <catch2/catch.hpp>

using namespace fairlead::config;

TEST_CASE("numeric addresses are split into host and port", "[address]") {
    const auto four = parse_address("192.0.2.1:8000");
    REQUIRE(four.value);
    CHECK(four.value->host == "192.0.2.1");
    CHECK(four.value->port == 8000);
    const auto six = parse_address("[2001:db8::1]:0");
    REQUIRE(six.value);
    CHECK(six.value->host == "2001:db8::1");
    CHECK(six.value->port == 0);
}

TEST_CASE("loopback is told from everything else", "[address]") {
    for (const char* text :
         {"127.0.0.1:1", "127.255.255.254:1", "[::1]:1", "[0:0:0:0:0:0:0:1]:1", "[::ffff:127.0.0.1]:1"}) {
        INFO(text);
        REQUIRE(parse_address(text).value);
        CHECK(parse_address(text).value->loopback);
    }
    for (const char* text : {"0.0.0.0:1", "10.0.0.1:1", "128.0.0.1:1", "[::]:1", "[::2]:1", "[fe80::1]:1",
                             "[::ffff:10.0.0.1]:1"}) {
        INFO(text);
        REQUIRE(parse_address(text).value);
        CHECK_FALSE(parse_address(text).value->loopback);
    }
}

TEST_CASE("what only looks like an address is refused", "[address]") {
    for (const char* text : {"",
                             ":",
                             "1",
                             "127.0.0.1",
                             "127.0.0.1:",
                             "127.0.0.1:-1",
                             "127.0.0.1:+1",
                             "127.0.0.1:65536",
                             "127.1:80",
                             "0x7f.0.0.1:80",
                             "0177.0.0.1:80",
                             "localhost:80",
                             "127.0.0.1 :80",
                             "127.0.0.1: 80",
                             "[::1]80",
                             "[::1",
                             "[]:80",
                             "[127.0.0.1]:80",
                             "[fe80::1%lo]:80",
                             "::1:80",
                             "127.0.0.1:80:90"}) {
        INFO(text);
        CHECK_FALSE(parse_address(text).value);
        CHECK_FALSE(parse_address(text).why.empty());
    }
}

TEST_CASE("the backplane listens on tcp and ipc", "[address]") {
    CHECK(parse_backplane_address("tcp://127.0.0.1:7000").value->port == 7000);
    CHECK(parse_backplane_address("tcp://127.0.0.1:*").value->port == 0);
    CHECK(parse_backplane_address("tcp://[::1]:7000").value->loopback);
    CHECK_FALSE(parse_backplane_address("tcp://10.0.0.1:7000").value->loopback);
    CHECK(parse_backplane_address("ipc:///run/fairlead/backplane").value->path == "/run/fairlead/backplane");
    CHECK(parse_backplane_address("ipc:///run/fairlead/backplane").value->loopback);
    for (const char* text :
         {"", "tcp://", "tcp://*:7000", "tcp://lo:7000", "TCP://127.0.0.1:7000", "udp://127.0.0.1:7000",
          "ipc://", "ipc://@abstract", "tcp://127.0.0.1:7000;tcp://0.0.0.0:7001", "tcp://127.0.0.1:!"}) {
        INFO(text);
        CHECK_FALSE(parse_backplane_address(text).value);
    }
}
