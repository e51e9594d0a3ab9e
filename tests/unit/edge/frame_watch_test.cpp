// SPDX-License-Identifier: Apache-2.0
#include "edge/frame_watch.h"

#include <catch2/catch.hpp>
#include <string>

using fairlead::edge::FrameWatch;

namespace {

// A masked client frame with a zero mask.
std::string frame(unsigned first, std::size_t length) {
    std::string bytes(1, static_cast<char>(first));
    if (length < 126) {
        bytes += static_cast<char>(0x80 | length);
    } else {
        bytes += static_cast<char>(0x80 | 126);
        bytes += static_cast<char>(length >> 8);
        bytes += static_cast<char>(length & 0xff);
    }
    return bytes + std::string(4 + length, '\0');
}

constexpr unsigned kText = 0x81;
constexpr unsigned kTextBegins = 0x01;
constexpr unsigned kContinues = 0x00;
constexpr unsigned kLast = 0x80;
constexpr unsigned kPing = 0x89;

}  // namespace

TEST_CASE("fragments are counted over control frames until the last one", "[edge][frames]") {
    FrameWatch watch;
    CHECK(watch.follow(frame(kTextBegins, 3)) == 1);
    CHECK(watch.follow(frame(kContinues, 0)) == 2);
    CHECK(watch.follow(frame(kPing, 5)) == 2);
    CHECK(watch.unfinished());
    CHECK(watch.follow(frame(kLast, 200)) == 3);
    CHECK_FALSE(watch.unfinished());
    CHECK(watch.follow(frame(kText, 10)) == 1);
}

TEST_CASE("empty continuations count", "[edge][frames]") {
    FrameWatch watch;
    std::string flood = frame(kTextBegins, 0);
    for (int i = 0; i < 99; ++i) flood += frame(kContinues, 0);
    CHECK(watch.follow(flood) == 100);
}

TEST_CASE("how the bytes are cut changes nothing", "[edge][frames]") {
    std::string stream = frame(kTextBegins, 130) + frame(kPing, 0) + frame(kContinues, 1) + frame(kLast, 0) + frame(kText, 7);
    FrameWatch watch;
    std::size_t most = 0;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        most = std::max(most, watch.follow(stream.substr(i, 1)));
        if (i + 1 < stream.size()) continue;
        CHECK_FALSE(watch.unfinished());
    }
    CHECK(most == 3);
}

TEST_CASE("half a header is an unfinished message", "[edge][frames]") {
    FrameWatch watch;
    watch.follow("\x81");
    CHECK(watch.unfinished());
}
