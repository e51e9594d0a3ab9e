// SPDX-License-Identifier: Apache-2.0
#include "edge/proxy_header.h"

#include <catch2/catch.hpp>
#include <string>

using namespace fairlead::edge;
using State = ProxyHeader::State;

namespace {

const std::string kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
const std::string kV4Block("\xcb\x00\x71\x09\x7f\x00\x00\x01\x12\x34\x1f\x40", 12);  // 203.0.113.9 to 127.0.0.1

std::string header(char command, char family, const std::string& block) {
    std::string out = kSignature + command + family;
    out += static_cast<char>(block.size() >> 8);
    out += static_cast<char>(block.size() & 0xff);
    return out + block;
}

State state_of(std::string_view bytes) { return parse_proxy_header(bytes).state; }

}  // namespace

TEST_CASE("a PROXY header names its client", "[edge][proxy]") {
    const std::string v4 = header('\x21', '\x11', kV4Block);
    const ProxyHeader read = parse_proxy_header(v4 + "GET / HTTP/1.1");
    CHECK(read.state == State::complete);
    CHECK(read.size == v4.size());
    CHECK(address_text(read.source.value()) == "203.0.113.9");
    std::string v6_block(36, '\0');
    v6_block[0] = '\x20', v6_block[1] = '\x01', v6_block[2] = '\x0d', v6_block[3] = '\xb8', v6_block[15] = '\x09';
    CHECK(address_text(parse_proxy_header(header('\x21', '\x21', v6_block)).source.value()) == "2001:db8::9");
}

TEST_CASE("extensions of a PROXY header are skipped up to its size", "[edge][proxy]") {
    const std::size_t room = ProxyHeader::kMaxBytes - ProxyHeader::kFixedBytes - kV4Block.size();
    const std::string largest = header('\x21', '\x11', kV4Block + std::string(room, 'x'));
    CHECK(state_of(largest) == State::complete);
    CHECK(parse_proxy_header(largest).size == ProxyHeader::kMaxBytes);
    CHECK(state_of(header('\x21', '\x11', kV4Block + std::string(room + 1, 'x'))) == State::refused);
}

TEST_CASE("a proxy that speaks for itself names nobody", "[edge][proxy]") {
    for (const std::string& bytes : {header('\x20', '\x00', ""), header('\x20', '\x11', kV4Block), header('\x20', '\x7f', "junk"),
                                     header('\x21', '\x00', ""), header('\x21', '\x31', std::string(216, 'p'))}) {
        CHECK(state_of(bytes) == State::complete);
        CHECK_FALSE(parse_proxy_header(bytes).source);
    }
}

TEST_CASE("a PROXY header is asked for exactly, byte by byte", "[edge][proxy]") {
    const std::string whole = header('\x21', '\x11', kV4Block);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const ProxyHeader part = parse_proxy_header(whole.substr(0, size));
        CAPTURE(size);
        CHECK(part.state == State::incomplete);
        CHECK(part.size == (size < ProxyHeader::kFixedBytes ? ProxyHeader::kFixedBytes : whole.size()));
    }
}

TEST_CASE("what is no PROXY header of version 2 is refused at the first wrong byte", "[edge][proxy]") {
    CHECK(state_of("PROXY TCP4 203.0.113.9 127.0.0.1 1 2\r\n") == State::refused);
    CHECK(state_of("P") == State::refused);
    CHECK(state_of("G") == State::refused);
    CHECK(state_of("\x16\x03\x01") == State::refused);
    CHECK(state_of(kSignature.substr(0, 11) + "X") == State::refused);
    CHECK(state_of(header('\x11', '\x11', kV4Block)) == State::refused);  // version 1
    CHECK(state_of(header('\x31', '\x11', kV4Block)) == State::refused);
    CHECK(state_of(header('\x22', '\x11', kV4Block)) == State::refused);  // no such command
    CHECK(state_of(header('\x21', '\x41', kV4Block)) == State::refused);  // no such family
    CHECK(state_of(header('\x21', '\x13', kV4Block)) == State::refused);  // no such transport
    CHECK(state_of(header('\x21', '\x11', kV4Block.substr(1))) == State::refused);
    CHECK(state_of(header('\x21', '\x21', kV4Block)) == State::refused);
    CHECK(state_of(header('\x21', '\x31', std::string(215, 'p'))) == State::refused);
}
