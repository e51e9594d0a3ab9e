// SPDX-License-Identifier: Apache-2.0
#include "edge/network.h"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "edge/forwarded.h"

using namespace fairlead::edge;

namespace {

IpAddress ip(std::string_view text) { return parse_ip(text).value(); }

}  // namespace

TEST_CASE("addresses are read strictly and written in one form", "[edge][network]") {
    CHECK(address_text(ip("192.0.2.1")) == "192.0.2.1");
    CHECK(address_text(ip("2001:DB8:0::1")) == "2001:db8::1");
    CHECK(ip("::ffff:192.0.2.1") == ip("192.0.2.1"));
    for (const char* text : {"", " 192.0.2.1", "192.0.2.1 ", "192.0.2", "192.0.2.256", "0xc0.0.2.1", "[::1]", "::1%lo", "fe80::1%eth0",
                             "192.0.2.1:80", "localhost", ":::", "1:2:3:4:5:6:7:8:9", "192.0.2.01"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_ip(text));
    }
}

TEST_CASE("a network holds the addresses that begin like it", "[edge][network]") {
    struct Row {
        const char* network;
        const char* address;
        bool inside;
    };
    for (const Row& row : {Row{"10.0.0.0/8", "10.255.255.255", true}, Row{"10.0.0.0/8", "11.0.0.0", false},
                           Row{"10.0.0.0/8", "9.255.255.255", false}, Row{"192.0.2.128/25", "192.0.2.127", false},
                           Row{"192.0.2.128/25", "192.0.2.200", true}, Row{"192.0.2.1", "192.0.2.1", true},
                           Row{"192.0.2.1", "192.0.2.2", false}, Row{"192.0.2.1/32", "192.0.2.1", true},
                           Row{"0.0.0.0/0", "203.0.113.9", true}, Row{"0.0.0.0/0", "2001:db8::1", false},
                           Row{"::/0", "2001:db8::1", true}, Row{"::/0", "192.0.2.1", false}, Row{"2001:db8::/32", "2001:db8:ffff::1", true},
                           Row{"2001:db8::/32", "2001:db9::1", false}, Row{"2001:db8::/33", "2001:db8:8000::", false},
                           Row{"10.0.0.0/8", "::ffff:10.1.2.3", true}, Row{"10.0.0.0/8", "::10.1.2.3", false}}) {
        CAPTURE(row.network, row.address);
        CHECK(parse_network(row.network).value().contains(ip(row.address)) == row.inside);
    }
}

TEST_CASE("what is no network is refused at the start", "[edge][network]") {
    for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.1/8",
                             "2001:db8::/129", "2001:db8::1/64", "10.0.0.0/8/8", "10.0.0.0/1000000000000", "example.org/8"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_network(text));
        CHECK_THROWS_AS(Networks({text}), std::invalid_argument);
    }
}

TEST_CASE("T6: of X-Forwarded-For the rightmost address counts that is no trusted proxy's", "[edge][network]") {
    const Networks trusted({"10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1"});
    struct Row {
        const char* peer;
        const char* header;
        const char* client;
    };
    for (const Row& row : {
             Row{"10.0.0.1", "203.0.113.9", "203.0.113.9"},
             Row{"10.0.0.1", "", "10.0.0.1"},
             Row{"192.0.2.1", "203.0.113.9", "192.0.2.1"},  // a stranger's word
             Row{"192.0.2.1", "10.0.0.1, 127.0.0.1", "192.0.2.1"},
             Row{"10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"},  // the client's own header stands left
             Row{"10.0.0.1", "127.0.0.1,203.0.113.9", "203.0.113.9"},
             Row{"10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"},
             Row{"10.0.0.1", " 203.0.113.9 ,\t10.0.0.2 , 10.0.0.3", "203.0.113.9"},
             Row{"10.0.0.1", "10.0.0.7, 10.0.0.2", "10.0.0.7"},
             Row{"10.0.0.1", "203.0.113.9:4711", "203.0.113.9"},
             Row{"10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"},
             Row{"10.0.0.1", "[2001:db8::9]", "2001:db8::9"},
             Row{"10.0.0.1", "2001:db8::9", "2001:db8::9"},
             Row{"2001:db8:1::5", "203.0.113.9", "203.0.113.9"},
             Row{"::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"},
             Row{"10.0.0.1", "unknown", "10.0.0.1"},
             Row{"10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"},
             Row{"10.0.0.1", "unknown, 203.0.113.9", "203.0.113.9"},
             Row{"10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2"},
             Row{"10.0.0.1", "203.0.113.9,", "10.0.0.1"},
             Row{"10.0.0.1", ",", "10.0.0.1"},
             Row{"10.0.0.1", "203.0.113.9:", "10.0.0.1"},
             Row{"10.0.0.1", "203.0.113.9:99999999", "10.0.0.1"},
             Row{"10.0.0.1", "[2001:db8::9", "10.0.0.1"},
             Row{"10.0.0.1", "[2001:db8::9]x", "10.0.0.1"},
             Row{"10.0.0.1", "203.0.113.9;10.0.0.2", "10.0.0.1"},
         }) {
        CAPTURE(row.peer, row.header);
        CHECK(address_text(client_behind(ip(row.peer), row.header, trusted)) == row.client);
    }
}
