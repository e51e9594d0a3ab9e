// SPDX-License-Identifier: Apache-2.0
#include "client/frame.h"

#include <catch2/catch.hpp>

namespace fairlead::client {
namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values)
        out.push_back(static_cast<char>(value));
    return out;
}

Frame only_frame(FrameParser& parser) {
    auto frame = parser.next();
    REQUIRE(frame);
    REQUIRE(*frame);
    return std::move(**frame);
}

std::string fault(std::string_view input, std::size_t limit = 1000) {
    FrameParser parser(limit);
    parser.feed(input);
    const auto frame = parser.next();
    return frame ? std::string() : frame.error().text;
}

TEST_CASE("a masked text frame is the RFC's own example", "[frame]") {
    FrameSpec spec;
    spec.mask = 0x37fa213d;
    CHECK(encode_frame(spec, "Hello") ==
          bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
}

TEST_CASE("the length takes the shortest form unless told otherwise", "[frame]") {
    const auto header_of = [](std::size_t size, LengthForm form = LengthForm::shortest) {
        FrameSpec spec;
        spec.length_form = form;
        const auto header = read_frame_header(encode_frame(spec, std::string(size, 'x')));
        REQUIRE(header);
        CHECK(header->payload_bytes == size);
        CHECK(header->masked);
        return header->header_bytes;
    };
    CHECK(header_of(0) == 2);
    CHECK(header_of(125) == 2);
    CHECK(header_of(126) == 4);
    CHECK(header_of(65535) == 4);
    CHECK(header_of(65536) == 10);
    CHECK(header_of(5, LengthForm::two_bytes) == 4);
    CHECK(header_of(5, LengthForm::eight_bytes) == 10);
}

TEST_CASE("a declared length can differ from the payload", "[frame]") {
    FrameSpec spec;
    spec.declared_bytes = 1ULL << 63;
    const auto header = read_frame_header(encode_frame(spec, "x"));
    REQUIRE(header);
    CHECK(header->payload_bytes == 1ULL << 63);
}

TEST_CASE("fresh masks differ", "[frame]") {
    CHECK(client_frame(Opcode::text, "same").substr(2, 4) != client_frame(Opcode::text, "same").substr(2, 4));
}

TEST_CASE("a close payload is code and reason, cut to a control frame", "[frame]") {
    CHECK(close_payload(1000, "bye") == bytes({0x03, 0xe8}) + "bye");
    CHECK(close_payload(3501, std::string(200, 'r')).size() == 125);
}

TEST_CASE("frames come out whole from bytes in any pieces", "[frame]") {
    const std::string two = bytes({0x01, 3}) + "abc" + bytes({0x80, 126, 0, 200}) + std::string(200, 'z');
    for (std::size_t piece = 1; piece <= two.size(); ++piece) {
        FrameParser parser(1000);
        std::vector<Frame> frames;
        for (std::size_t at = 0; at < two.size(); at += piece) {
            parser.feed(std::string_view(two).substr(at, piece));
            while (true) {
                auto frame = parser.next();
                REQUIRE(frame);
                if (!*frame) break;
                frames.push_back(std::move(**frame));
            }
        }
        REQUIRE(frames.size() == 2);
        CHECK(frames[0].payload == "abc");
        CHECK_FALSE(frames[0].fin);
        CHECK(frames[1].opcode == Opcode::continuation);
        CHECK(frames[1].payload == std::string(200, 'z'));
    }
}

TEST_CASE("what a server may not send is named", "[frame]") {
    CHECK(fault(bytes({0x81, 0x81, 1, 2, 3, 4, 'x'})).find("masked") != std::string::npos);
    CHECK(fault(bytes({0xc1, 1, 'x'})).find("reserved bit") != std::string::npos);
    CHECK(fault(bytes({0x83, 1, 'x'})).find("opcode 3") != std::string::npos);
    CHECK(fault(bytes({0x81, 126, 0, 5})).find("longer form") != std::string::npos);
    CHECK(fault(bytes({0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff})).find("longer form") != std::string::npos);
    CHECK(fault(bytes({0x09, 0})).find("fragmented") != std::string::npos);
    CHECK(fault(bytes({0x89, 126, 0, 126})).find("125") != std::string::npos);
}

TEST_CASE("a declared length over the bound fails before its bytes arrive", "[frame]") {
    CHECK(fault(bytes({0x81, 126, 0x10, 0})).find("4096") != std::string::npos);
    CHECK(fault(bytes({0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})).find("bytes") !=
          std::string::npos);
    FrameParser parser(4);
    parser.feed(bytes({0x81, 4}) + "abcd");
    CHECK(only_frame(parser).payload == "abcd");
}

}  // namespace
}  // namespace fairlead::client
