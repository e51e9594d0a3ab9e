// SPDX-License-Identifier: Apache-2.0
#include "edge/frame.h"

#include <catch2/catch.hpp>
#include <string>

using fairlead::edge::Frame;
using fairlead::edge::FramePtr;
using fairlead::edge::Opcode;

namespace {

std::string header(const FramePtr& frame) {
    return std::string(frame->bytes().substr(0, frame->bytes().size() - frame->payload_bytes()));
}

}  // namespace

TEST_CASE("a frame has the shortest header for its length", "[edge][frame]") {
    struct Row {
        std::size_t length;
        std::string header;
    };
    const Row rows[] = {
        {0, std::string("\x81\x00", 2)},
        {125, "\x81\x7d"},
        {126, std::string("\x81\x7e\x00\x7e", 4)},
        {65535, "\x81\x7e\xff\xff"},
        {65536, std::string("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10)},
    };
    for (const Row& row : rows) {
        CAPTURE(row.length);
        std::string payload(row.length, 'x');
        FramePtr frame = Frame::make(Opcode::text, payload);
        CHECK(header(frame) == row.header);
        CHECK(frame->bytes().substr(row.header.size()) == payload);
    }
}

TEST_CASE("a frame that grows keeps what it had and gets the header of its new length", "[edge][frame]") {
    FramePtr frame = Frame::make(Opcode::text, "{\"id\":1}");
    std::string expected = "{\"id\":1}";
    for (int i = 0; i < 20'000; ++i) {
        frame.append('\n', "{}");
        expected += "\n{}";
    }
    REQUIRE(frame->payload_bytes() == expected.size());
    CHECK(frame->bytes().substr(4) == expected);
    CHECK(header(frame).substr(0, 2) == "\x81\x7e");
}

TEST_CASE("a raw frame is its bytes and nothing else", "[edge][frame]") {
    CHECK(Frame::raw("HTTP/1.1 400 Bad Request")->bytes() == "HTTP/1.1 400 Bad Request");
}

TEST_CASE("a frame lives as long as one of its holders", "[edge][frame]") {
    FramePtr last;
    {
        FramePtr first = Frame::make(Opcode::binary, "shared", {7});
        last = first;
        FramePtr moved = std::move(first);
        CHECK_FALSE(first);  // NOLINT: a moved-from pointer is empty by contract
    }
    CHECK(last->bytes().substr(2) == "shared");
    CHECK(last->channel() == 7);
}
