// SPDX-License-Identifier: Apache-2.0
#include "backplane/feed.h"

#include <catch2/catch.hpp>
#include <memory>

#include "wire/session_event.h"

namespace fairlead::backplane {
namespace {

/// MessagePack of so many bytes in all, so that a payload of them can be read.
ToldEvent event(std::size_t bytes = 10) {
    return std::make_shared<const std::string>(bytes, '\x90');
}

FeedLimits limits(std::size_t backlog = 1024 * 1024, std::size_t window = 128 * 1024) {
    FeedLimits limits;
    limits.backlog_bytes = backlog;
    limits.window_bytes = window;
    return limits;
}

struct Fixture {
    explicit Fixture(FeedLimits from = limits()) : limit(from) {}
    bool add(std::size_t bytes = 10, Origin origin = Origin::live) { return feed.add(event(bytes), origin); }
    void add_due(int events, std::size_t bytes = 10) {
        for (int i = 0; i < events; ++i)
            REQUIRE(add(bytes));
        feed.make_due();
    }
    /// First number and count of the next batch.
    std::pair<std::uint64_t, std::uint32_t> next() {
        const Feed::Batch batch = feed.next_batch();
        return {batch.first, batch.count};
    }
    FeedLimits limit;
    Feed feed{1, limit};
};

using Pair = std::pair<std::uint64_t, std::uint32_t>;

TEST_CASE("a feed tells what is due, once, in numbers without holes", "[feeds]") {
    Fixture f;
    f.add();
    f.add();
    CHECK(f.next().second == 0);
    f.feed.make_due();
    f.add();
    const Feed::Batch batch = f.feed.next_batch();
    CHECK(batch.first == 1);
    CHECK(batch.count == 2);
    CHECK(batch.payload == "\x92" + std::string(20, '\x90'));
    CHECK(f.next().second == 0);
    f.feed.make_due();
    CHECK(f.next() == Pair{3, 1});
    CHECK(f.feed.owed());
    CHECK(f.feed.heard(3));
    CHECK_FALSE(f.feed.owed());
    CHECK(f.feed.backlog_bytes() == 0);
}

TEST_CASE("a batch is bounded in events and bytes", "[feeds]") {
    FeedLimits wide = limits(100 << 20, 100 << 20);
    SECTION("events") {
        Fixture f(wide);
        f.add_due(600);
        CHECK(f.next() == Pair{1, 256});
        CHECK(f.next() == Pair{257, 256});
        CHECK(f.next() == Pair{513, 88});
    }
    SECTION("bytes, the head counted") {
        Fixture f(wide);
        f.add_due(3, (64 * 1024 - 3) / 2);
        const Feed::Batch batch = f.feed.next_batch();
        CHECK(batch.count == 2);
        CHECK(batch.payload.size() <= 64 * 1024);
        CHECK(f.next() == Pair{3, 1});
    }
}

TEST_CASE("no more than a window is told and not heard", "[feeds]") {
    Fixture f(limits(1 << 20, 1000));
    f.add_due(10, 236);  // 300 with what it costs to keep one
    CHECK(f.next() == Pair{1, 3});
    CHECK(f.next().second == 0);
    f.feed.heard(1);
    CHECK(f.next() == Pair{4, 1});
    f.feed.heard(4);
    CHECK(f.next() == Pair{5, 3});
}

TEST_CASE("what is larger than the window goes alone", "[feeds]") {
    Fixture f(limits(1 << 20, 1000));
    f.add_due(2, 5000);
    CHECK(f.next() == Pair{1, 1});
    CHECK(f.next().second == 0);
    f.feed.heard(1);
    CHECK(f.next() == Pair{2, 1});
}

TEST_CASE("after a rewind what is not heard is told again with its numbers", "[feeds]") {
    Fixture f;
    f.add_due(5);
    CHECK(f.next() == Pair{1, 5});
    f.feed.heard(2);
    f.feed.rewind();
    CHECK_FALSE(f.feed.owed());
    CHECK(f.next() == Pair{3, 3});
    f.feed.rewind();
    // It had them over the connection before.
    CHECK(f.feed.heard(4));
    CHECK(f.next() == Pair{5, 1});
    CHECK(f.feed.heard(5));
    CHECK(f.feed.backlog_bytes() == 0);
}

TEST_CASE("an old acknowledgement changes nothing, one beyond what was told is refused", "[feeds]") {
    Fixture f;
    f.add_due(5);
    CHECK_FALSE(f.feed.heard(1));
    f.next();
    CHECK(f.feed.heard(4));
    CHECK(f.feed.heard(2));
    CHECK(f.feed.heard() == 4);
    CHECK_FALSE(f.feed.heard(6));
    CHECK(f.feed.heard(0));
}

TEST_CASE("a full backlog takes no more live events, but a snapshot", "[feeds]") {
    Fixture f(limits(1000));
    CHECK(f.add(236));
    CHECK(f.add(236));
    CHECK(f.add(236));
    CHECK_FALSE(f.add(236));
    CHECK(f.add(5000, Origin::snapshot));
    CHECK(f.feed.backlog_bytes() == 900);
    f.feed.make_due();
    f.next();
    f.feed.heard(1);
    CHECK(f.add(236));
}

TEST_CASE("what was thrown away leaves a gap in the numbers, told or not", "[feeds]") {
    Fixture f;
    f.add_due(5);
    const bool told = GENERATE(false, true);
    if (told) f.next();
    CHECK(f.feed.drop_all() == 5);
    CHECK(f.feed.backlog_bytes() == 0);
    CHECK(f.next().second == 0);
    CHECK(f.feed.heard() == 0);
    CHECK(f.feed.heard(5) == told);
    CHECK(f.feed.heard() == (told ? 5 : 0));
    f.add_due(1);
    CHECK(f.next() == Pair{7, 1});
    CHECK(f.feed.heard(7));
}

}  // namespace
}  // namespace fairlead::backplane
