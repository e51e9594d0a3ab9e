// SPDX-License-Identifier: Apache-2.0
#include "edge/outbox.h"

#include <malloc.h>

#include <algorithm>
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

FramePtr data(std::uint64_t channel, std::string_view text) {
    return Frame::make(Opcode::text, text, {channel});
}

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
        REQUIRE(outbox.written() == written.size());
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

namespace {

using fairlead::core::SlowReader;
using fairlead::edge::Content;

// What an out-queue is, without any cleverness: entries in a list, one after the other.
class Model {
public:
    struct Entry {
        std::string bytes;
        Content content;
        bool pinged = false;  // it stands before the mark

        bool droppable() const { return content.channel != 0 && content.policy != SlowReader::disconnect; }
    };

    void push(const FramePtr& frame) { entries.push_back({std::string(frame->bytes()), frame->content()}); }
    void consume(std::size_t bytes) {
        while (bytes > 0) {
            const std::size_t part = std::min(bytes, entries.front().bytes.size() - begun);
            bytes -= part;
            begun += part;
            if (begun < entries.front().bytes.size()) return;
            entries.erase(entries.begin());
            begun = 0;
        }
    }
    std::vector<Entry>::iterator waiting() { return entries.begin() + (begun > 0 ? 1 : 0); }
    bool replace(const FramePtr& frame) {
        const Content content = frame->content();
        for (auto entry = waiting(); entry != entries.end(); ++entry) {
            const Content& other = entry->content;
            if (other.policy != SlowReader::conflate || other.recoverable ||
                other.channel != content.channel || other.key != content.key)
                continue;
            entry->bytes = frame->bytes();
            return true;
        }
        return false;
    }
    std::string drop_oldest() {
        const auto found =
            std::find_if(waiting(), entries.end(), [](const Entry& e) { return e.droppable(); });
        if (found == entries.end()) return {};
        std::string bytes = found->bytes;
        entries.erase(found);
        return bytes;
    }
    std::size_t withdraw(std::uint64_t channel) {
        const std::size_t before = entries.size();
        entries.erase(std::remove_if(waiting(), entries.end(),
                                     [&](const Entry& e) { return e.content.channel == channel; }),
                      entries.end());
        return before - entries.size();
    }
    std::string bytes() const {
        std::string all;
        for (const Entry& entry : entries)
            all += entry.bytes;
        return all.substr(begun);
    }
    std::size_t control_bytes() const {
        std::size_t count = 0;
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (entries[i].content.channel == 0) count += entries[i].bytes.size() - (i == 0 ? begun : 0);
        return count;
    }

    std::vector<Entry> entries;
    std::size_t begun = 0;
};

FramePtr data(std::uint64_t channel, SlowReader policy, std::string_view text, std::uint64_t key = 0,
              bool recoverable = false) {
    return Frame::make(Opcode::text, text, Content{channel, key, policy, recoverable});
}

}  // namespace

TEST_CASE("T14: the queue is what a plain list is, whatever is dropped, replaced and withdrawn",
          "[edge][outbox]") {
    const auto seed = GENERATE(range(1U, 9U));
    std::mt19937 random(seed);
    const std::uint32_t eager =
        2 + seed % 4;  // seeds differ in how much of it is read, so in how long it gets
    Outbox outbox;
    Model model;
    for (int step = 0; step < 20'000; ++step) {
        const std::string text = std::to_string(step) + std::string(random() % 40, 'x');
        const std::uint64_t channel = 1 + random() % 4;
        const auto policy = static_cast<SlowReader>(channel - 1);
        switch (random() % (6 + eager)) {
            case 0: {
                const FramePtr control = Frame::make(Opcode::text, text);
                outbox.push(control);
                model.push(control);
                break;
            }
            case 1: {
                const std::string dropped = model.drop_oldest();
                const FramePtr frame = outbox.drop_oldest();
                REQUIRE(dropped == (frame ? frame->bytes() : std::string_view()));
                break;
            }
            case 2:
                if (random() % 50 == 0) REQUIRE(outbox.withdraw(channel) == model.withdraw(channel));
                break;
            case 3:
                if (random() % 20 == 0) {
                    outbox.set(Outbox::Mark::ping);
                    for (auto& entry : model.entries)
                        entry.pinged = true;
                }
                break;
            case 4: {
                std::string buffer(random() % 300, '\0');
                const std::size_t filled = outbox.gather(buffer.data(), buffer.size());
                const std::size_t taken = filled == 0 ? 0 : random() % (filled + 1);
                REQUIRE(model.bytes().compare(0, filled, buffer.data(), filled) == 0);
                outbox.consumed(taken);
                model.consume(taken);
                break;
            }
            default: {
                const FramePtr frame = data(channel, policy, text, random() % 30, random() % 8 == 0);
                const bool conflates = policy == SlowReader::conflate && !frame->content().recoverable;
                const bool replaced = conflates && outbox.replace(frame);
                REQUIRE(replaced == (conflates && model.replace(frame)));
                if (!replaced) {
                    outbox.push(frame);
                    model.push(frame);
                }
            }
        }
        const std::string bytes = model.bytes();
        REQUIRE(outbox.bytes() == bytes.size());
        REQUIRE(outbox.cost() == bytes.size() + model.entries.size() * 64);
        REQUIRE(outbox.control_bytes() == model.control_bytes());
        REQUIRE(outbox.empty() == model.entries.empty());
        REQUIRE(outbox.passed(Outbox::Mark::ping) ==
                (model.entries.empty() || !model.entries.front().pinged));
        if (step % 16 == 0) REQUIRE(all(outbox) == bytes);
    }
}

TEST_CASE("T14: a queue that is dropped from all the time does not grow, and no step looks at all of it",
          "[edge][outbox]") {
    Outbox outbox;
    SECTION("behind one that has begun to leave") {
        outbox.push(data(9, "begun"));
        outbox.consumed(1);
    }
    SECTION("behind many that may not give way") {
        for (int i = 0; i < 10'000; ++i)
            outbox.push(data(9, "stays"));
    }
    SECTION("and nothing else") {}
    for (int i = 0; i < 10'000; ++i)
        outbox.push(data(1, SlowReader::drop_oldest, "0"));
    const std::size_t cost = outbox.cost();
    const std::size_t memory = ::mallinfo2().uordblks;
    // Quadratic this is 2 * 10^10 steps and more, and no test ends with it.
    for (int i = 0; i < 1'000'000; ++i) {
        REQUIRE(outbox.drop_oldest());
        outbox.push(data(1, SlowReader::drop_oldest, "1"));
    }
    CHECK(outbox.cost() == cost);
    CHECK(::mallinfo2().uordblks < memory + 1024 * 1024);
}

TEST_CASE("T14: conflating among many keys looks at few of them", "[edge][outbox]") {
    constexpr std::uint64_t kKeys = 20'000;
    Outbox outbox;
    outbox.push_text("first");
    for (std::uint64_t key = 1; key <= kKeys; ++key)
        outbox.push(data(1, SlowReader::conflate, "old", key));
    const std::size_t bytes = outbox.bytes();
    for (int round = 0; round < 50; ++round) {
        for (std::uint64_t key = 1; key <= kKeys; ++key)
            REQUIRE(outbox.replace(data(1, SlowReader::conflate, "new", key)));
    }
    CHECK(outbox.bytes() == bytes);
    CHECK_FALSE(outbox.replace(data(1, SlowReader::conflate, "new", kKeys + 1)));
    CHECK_FALSE(outbox.replace(data(2, SlowReader::conflate, "new", 1)));
    const std::string left = all(outbox);
    CHECK(left.find("old") == std::string::npos);
    CHECK(left.rfind("\x81\x05"
                     "first\x81\x03"
                     "new",
                     0) == 0);
}

TEST_CASE("T14: what takes a place in the queue stands where the old one stood", "[edge][outbox]") {
    Outbox outbox;
    outbox.push(data(1, SlowReader::conflate, "a1", 7));
    outbox.push_text("reply");
    outbox.push(data(1, SlowReader::conflate, "b1", 8));
    REQUIRE(outbox.replace(data(1, SlowReader::conflate, "a2", 7)));
    CHECK(all(outbox) ==
          "\x81\x02"
          "a2\x81\x05"
          "reply\x81\x02"
          "b1");
    outbox.consumed(1);  // the first has begun to leave: its place is taken no more
    CHECK_FALSE(outbox.replace(data(1, SlowReader::conflate, "a3", 7)));
    CHECK(all(outbox) ==
          "\x02"
          "a2\x81\x05"
          "reply\x81\x02"
          "b1");
}
