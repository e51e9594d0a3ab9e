// SPDX-License-Identifier: Apache-2.0
#include "edge/outbox.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

using fairlead::edge::Frame;
using fairlead::edge::FramePtr;
using fairlead::edge::Opcode;
using fairlead::edge::Outbox;

namespace {

std::string all(const Outbox& outbox) {
    std::string bytes(outbox.bytes() + 1, '\0');
    bytes.resize(outbox.gather(bytes.data(), bytes.size()));
    return bytes;
}

FramePtr data(std::uint64_t channel, std::string_view text) { return Frame::make(Opcode::text, text, channel); }

}  // namespace

TEST_CASE("replies of a turn share one message, and a publication between them keeps the order", "[edge][outbox]") {
    Outbox outbox;
    outbox.push_text("a");
    outbox.push_text("b");
    outbox.push(data(1, "p"));
    outbox.push_text("c");
    outbox.push_text("d");
    CHECK(all(outbox) == "\x81\x03" "a\nb" "\x81\x01" "p" "\x81\x03" "c\nd");
    CHECK(outbox.bytes() == all(outbox).size());
}

TEST_CASE("a message that has begun to leave does not grow", "[edge][outbox]") {
    Outbox outbox;
    outbox.push_text("abc");
    outbox.consumed(2);
    outbox.push_text("d");
    CHECK(all(outbox) == "abc\x81\x01" "d");
    outbox.consumed(outbox.bytes());
    CHECK(outbox.empty());
    CHECK(outbox.bytes() == 0);
    CHECK(outbox.written() == 5 + 3);
}

TEST_CASE("withdrawing a channel takes its waiting entries and no others", "[edge][outbox]") {
    Outbox outbox;
    outbox.push(data(1, "one"));
    outbox.push(data(2, "two"));
    outbox.push_text("reply");
    outbox.push(data(1, "three"));
    SECTION("nothing has left") {
        outbox.withdraw(1);
        CHECK(all(outbox) == "\x81\x03two\x81\x05reply");
    }
    SECTION("an entry that has begun to leave stays, or the stream would break") {
        outbox.consumed(1);
        outbox.withdraw(1);
        CHECK(all(outbox) == "\x03one\x81\x03two\x81\x05reply");
    }
    SECTION("clearing spares only that entry") {
        outbox.consumed(4);
        outbox.clear();
        CHECK(all(outbox) == "e");
    }
    CHECK(outbox.bytes() == all(outbox).size());
}

TEST_CASE("text after a withdrawal starts a message of its own", "[edge][outbox]") {
    Outbox outbox;
    outbox.push_text("a");
    outbox.push(data(3, "gone"));
    outbox.withdraw(3);
    outbox.push_text("b");
    CHECK(all(outbox) == "\x81\x01" "a\x81\x01" "b");
}

TEST_CASE("whatever the sizes of writes, the bytes come out in order and the count is exact", "[edge][outbox]") {
    std::mt19937 random(7);
    Outbox outbox;
    std::string expected;
    std::string written;
    for (int step = 0; step < 20'000; ++step) {
        if (random() % 3 != 0) {
            FramePtr frame = Frame::make(Opcode::text, std::string(random() % 300, static_cast<char>('a' + step % 26)));
            expected += frame->bytes();
            outbox.push(frame);
        } else {
            std::string buffer(random() % 1000, '\0');
            std::size_t filled = outbox.gather(buffer.data(), buffer.size());
            std::size_t taken = filled == 0 ? 0 : random() % (filled + 1);
            written += buffer.substr(0, taken);
            outbox.consumed(taken);
        }
        REQUIRE(outbox.bytes() == expected.size() - written.size());
        REQUIRE(outbox.end() == expected.size());
    }
    written += all(outbox);
    CHECK(written == expected);
}

TEST_CASE("T14: a small message costs more than its bytes, until it has left", "[edge][outbox]") {
    Outbox outbox;
    for (int i = 0; i < 1000; ++i) outbox.push(data(1, "x"));
    CHECK(outbox.bytes() == 3000);
    CHECK(outbox.cost() > 50 * 1000);
    outbox.consumed(2998);  // one has begun to leave
    CHECK(outbox.cost() < 100);
    outbox.push_text("y");
    outbox.push_text("z");
    CHECK(outbox.cost() < 200);
    outbox.clear();
    outbox.withdraw(1);
    CHECK(outbox.bytes() == 2);
    outbox.consumed(2);
    CHECK(outbox.cost() == 0);
}
