// SPDX-License-Identifier: Apache-2.0
#include "engine/history_memory.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <string>

namespace fairlead::engine {
namespace {

using core::Position;
using core::PublicationPtr;
using core::Range;
using core::Retention;
using core::Stored;
using std::chrono::seconds;

constexpr Retention kTen{10, seconds(60)};
constexpr std::size_t kAll = 1000;

class RandomSequence final : public core::Random {
public:
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(generator_());
    }

private:
    std::mt19937 generator_{5};
};

struct Rig {
    explicit Rig(Options options = {}) : history(options, clock, random) {}

    std::uint64_t append(const std::string& channel, const std::string& text, Retention retention = kTen) {
        core::Publication publication;
        publication.channel = channel;
        publication.data.bytes = text;
        const core::Appended appended = history.append(std::move(publication), retention, {});
        CHECK(appended.publication->data.bytes == text);
        CHECK_FALSE(appended.place.epoch.empty());
        return appended.publication->offset;
    }

    Stored read(const std::string& channel, Range range = {std::nullopt, kAll, false}) {
        return history.read(channel, range);
    }

    std::string texts(const std::string& channel, Range range = {std::nullopt, kAll, false}) {
        std::string all;
        for (const PublicationPtr& each : read(channel, range).publications)
            all += each->data.bytes;
        return all;
    }

    base::ManualClock clock;
    RandomSequence random;
    HistoryMemory history;
};

TEST_CASE("offsets count from one, and the newest are kept", "[history]") {
    Rig rig;
    for (int i = 1; i <= 25; ++i)
        CHECK(rig.append("a", std::string(1, static_cast<char>('a' + i - 1))) ==
              static_cast<std::uint64_t>(i));
    CHECK(rig.texts("a") == "pqrstuvwxy");
    CHECK(rig.read("a").top.offset == 25);
    CHECK(rig.append("b", "x") == 1);
}

TEST_CASE("a range begins after its offset, or before it in reverse", "[history]") {
    Rig rig;
    for (const char* text : {"a", "b", "c", "d", "e"})
        rig.append("x", text);
    CHECK(rig.texts("x", {2, kAll, false}) == "cde");
    CHECK(rig.texts("x", {0, kAll, false}) == "abcde");
    CHECK(rig.texts("x", {5, kAll, false}).empty());
    CHECK(rig.texts("x", {9, kAll, false}).empty());
    CHECK(rig.texts("x", {2, 2, false}) == "cd");
    CHECK(rig.texts("x", {std::nullopt, 2, false}) == "ab");
    CHECK(rig.texts("x", {std::nullopt, 2, true}) == "ed");
    CHECK(rig.texts("x", {3, kAll, true}) == "ba");
    CHECK(rig.texts("x", {1, kAll, true}).empty());
    CHECK(rig.texts("x", {0, kAll, true}).empty());
    CHECK(rig.texts("x", {9, kAll, true}) == "edcba");
    CHECK(rig.texts("x", {std::nullopt, 0, false}).empty());
}

TEST_CASE("publications go when they are too old, the place stays", "[history]") {
    Rig rig;
    rig.append("a", "1");
    rig.clock.advance(seconds(30));
    rig.append("a", "2");
    const std::string epoch = rig.read("a").top.epoch;
    rig.clock.advance(seconds(30));
    CHECK(rig.texts("a") == "2");
    rig.clock.advance(seconds(30));
    const Stored stored = rig.read("a");
    CHECK(stored.publications.empty());
    CHECK(stored.top.offset == 2);
    CHECK(stored.top.epoch == epoch);
    CHECK(rig.append("a", "3") == 3);
}

TEST_CASE("what is too old gives its memory back without being asked for", "[history]") {
    Options options;
    options.metadata_age = seconds(3600);
    Rig rig(options);
    for (int i = 0; i < 1000; ++i)
        rig.append("channel:" + std::to_string(i), std::string(1000, 'x'));
    CHECK(rig.history.bytes() > 1000 * 1000);
    rig.clock.advance(seconds(61));
    rig.history.tick();
    CHECK(rig.history.bytes() < 1000 * 400);
    CHECK(rig.history.streams() == 1000);
    const std::string epoch = rig.read("channel:0").top.epoch;
    rig.clock.advance(seconds(3601));
    rig.history.tick();
    CHECK(rig.history.streams() == 0);
    CHECK(rig.history.bytes() == 0);
    CHECK(rig.read("channel:0").top.offset == 0);
    CHECK(rig.read("channel:0").top.epoch != epoch);
}

TEST_CASE("a channel that nothing was published in has an epoch", "[history]") {
    Rig rig;
    const Position top = rig.read("a").top;
    CHECK(top.offset == 0);
    CHECK_FALSE(top.epoch.empty());
    CHECK(rig.read("a").top.epoch == top.epoch);
    CHECK(rig.history.streams() == 0);
    CHECK(rig.history.bytes() == 0);
    rig.append("a", "1");
    CHECK(rig.read("a").top.epoch == top.epoch);
}

TEST_CASE("two brokers never have the same epoch", "[history]") {
    base::ManualClock clock;
    RandomSequence random;
    HistoryMemory first({}, clock, random);
    HistoryMemory second({}, clock, random);
    CHECK(first.read("a", {}).top.epoch != second.read("a", {}).top.epoch);
}

core::Publication publication_of(const std::string& channel, const std::string& text, const std::string& key = {}) {
    core::Publication publication;
    publication.channel = channel;
    publication.data.bytes = text;
    publication.key = key;
    return publication;
}

TEST_CASE("the same idempotency key is the same publication, for five minutes and in its channel", "[history]") {
    Rig rig;
    const auto append = [&](const std::string& channel, const std::string& text, std::string_view key) {
        return rig.history.append(publication_of(channel, text), kTen, {key, 0});
    };
    const core::Appended first = append("a", "one", "k1");
    REQUIRE(first.publication);
    append("a", "two", "k2");
    const core::Appended again = append("a", "one", "k1");
    CHECK_FALSE(again.publication);
    CHECK(again.place.offset == 1);
    CHECK(again.place.epoch == first.place.epoch);
    CHECK(append("b", "one", "k1").publication);
    CHECK(rig.read("a").publications.size() == 2);
    rig.clock.advance(seconds(301));
    rig.history.tick();
    CHECK(append("a", "one", "k1").place.offset == 3);
}

TEST_CASE("a version that is not newer is not published, by channel and key", "[history]") {
    Rig rig;
    const auto append = [&](const std::string& key, std::uint64_t version) {
        return rig.history.append(publication_of("a", "x", key), kTen, {{}, version});
    };
    CHECK(append("", 5).publication);
    CHECK_FALSE(append("", 5).publication);
    CHECK_FALSE(append("", 4).publication);
    CHECK(append("", 4).place.offset == 1);
    CHECK(append("gold", 1).publication);
    CHECK(append("", 6).publication);
    CHECK_FALSE(append("gold", 1).publication);
    CHECK(rig.read("a").top.offset == 3);
}

TEST_CASE("keys and versions hold where nothing is kept", "[history]") {
    Rig rig;
    const core::Retention none;
    CHECK(rig.history.append(publication_of("a", "x"), none, {"k", 1}).publication);
    CHECK_FALSE(rig.history.append(publication_of("a", "x"), none, {"k", 2}).publication);
    CHECK_FALSE(rig.history.append(publication_of("a", "x"), none, {"l", 1}).publication);
    CHECK(rig.history.append(publication_of("a", "x"), none, {"l", 2}).publication);
    CHECK(rig.history.streams() == 0);
}

TEST_CASE("what is remembered of keys is bounded: the oldest is forgotten first", "[memo]") {
    base::ManualClock clock;
    Memo memo(10'000, seconds(300), core::Hash{1, 2});
    for (int i = 0; i < 1000; ++i)
        memo.put("channel", std::to_string(i), {static_cast<std::uint64_t>(i + 1), "e"}, clock.now());
    CHECK(memo.bytes() <= 10'000);
    CHECK(memo.find("channel", "0", clock.now()) == nullptr);
    REQUIRE(memo.find("channel", "999", clock.now()) != nullptr);
    CHECK(memo.find("channel", "999", clock.now())->offset == 1000);
    memo.put("channel", "999", {7, "e"}, clock.now());
    CHECK(memo.find("channel", "999", clock.now())->offset == 7);
    clock.advance(seconds(300));
    CHECK(memo.find("channel", "999", clock.now()) == nullptr);
    memo.tick(clock.now());
    CHECK(memo.bytes() == 0);
}

TEST_CASE("over the budget the least used give way, oldest first, and the offset tells", "[history]") {
    Options options;
    options.memory = 100 * 1000;
    Rig rig(options);
    const std::string text(10'000, 'x');
    for (int i = 0; i < 5; ++i)
        rig.append("old", text);
    for (int i = 0; i < 6; ++i)
        rig.append("new", text);
    CHECK(rig.history.bytes() <= options.memory);
    CHECK(rig.read("new").publications.size() == 6);
    const Stored old = rig.read("old");
    CHECK(old.top.offset == 5);
    REQUIRE_FALSE(old.publications.empty());
    CHECK(old.publications.size() < 5);
    CHECK(old.publications.back()->offset == 5);
}

TEST_CASE("places are forgotten last, and a stream that begins anew has another epoch", "[history]") {
    Options options;
    options.memory = 100 * 1000;
    Rig rig(options);
    rig.append("first", "x");
    const std::string epoch = rig.read("first").top.epoch;
    for (int i = 0; i < 10'000; ++i)
        rig.append("channel:" + std::to_string(i), "x");
    CHECK(rig.history.bytes() <= options.memory);
    CHECK(rig.history.streams() < 400);
    CHECK(rig.read("first").top.offset == 0);
    CHECK(rig.read("first").top.epoch != epoch);
    CHECK(rig.append("first", "y") == 1);
    CHECK(rig.read("first").top.epoch != epoch);
}

TEST_CASE("what a publication says of its publisher counts too", "[history]") {
    Rig rig;
    core::Publication publication;
    publication.channel = "a";
    publication.info = std::make_shared<const core::ClientInfo>(core::ClientInfo{"ann", "c1", std::string(4000, 'x'), {}});
    rig.history.append(std::move(publication), kTen, {});
    CHECK(rig.history.bytes() > 4000);
}

TEST_CASE("streams that nobody keeps any more are forgotten, and begin anew", "[history]") {
    Rig rig;
    rig.append("a:1", "x");
    rig.append("b:1", "y");
    const std::string epoch = rig.read("a:1").top.epoch;
    rig.history.forget_others([](std::string_view channel) { return channel == "b:1"; });
    CHECK(rig.history.streams() == 1);
    CHECK(rig.read("a:1").top.offset == 0);
    CHECK(rig.read("a:1").top.epoch != epoch);
    CHECK(rig.texts("b:1") == "y");
}

TEST_CASE("one publication over the whole budget is delivered and not kept", "[history]") {
    Options options;
    options.memory = 10'000;
    Rig rig(options);
    CHECK(rig.append("a", std::string(20'000, 'x')) == 1);
    CHECK(rig.read("a").publications.empty());
    CHECK(rig.read("a").top.offset == 1);
}

TEST_CASE("streams agree with a plain list of all that was published", "[history]") {
    Rig rig;
    std::mt19937 random(7);
    struct Entry {
        std::uint64_t offset;
        std::string text;
        base::Steady until;
    };
    std::map<std::string, std::deque<Entry>> model;
    std::map<std::string, std::uint64_t> tops;
    const auto any = [&](std::uint64_t below) {
        return std::uniform_int_distribution<std::uint64_t>(0, below)(random);
    };
    for (int step = 0; step < 20'000; ++step) {
        const std::string channel(1, static_cast<char>('a' + any(4)));
        auto& list = model[channel];
        if (any(9) == 0) rig.clock.advance(seconds(any(20)));
        if (any(9) == 0) rig.history.tick();
        if (any(1) == 0) {
            const Retention retention{1 + any(40), seconds(1 + any(50))};
            const std::string text = std::to_string(step) + ";";
            CHECK(rig.append(channel, text, retention) == ++tops[channel]);
            list.push_back({tops[channel], text, rig.clock.now() + retention.age});
            while (list.size() > retention.size)
                list.pop_front();
        }
        while (!list.empty() && list.front().until <= rig.clock.now())
            list.pop_front();
        const Range range{any(2) == 0 ? std::optional<std::uint64_t>() : any(tops[channel] + 2), any(30),
                          any(1) == 0};
        std::string expected;
        std::size_t left = range.limit;
        const auto visit = [&](const Entry& entry) {
            const bool in =
                !range.since || (range.reverse ? entry.offset < *range.since : entry.offset > *range.since);
            if (in && left > 0) expected += entry.text, --left;
        };
        if (range.reverse) {
            std::for_each(list.rbegin(), list.rend(), visit);
        } else {
            std::for_each(list.begin(), list.end(), visit);
        }
        const Stored stored = rig.read(channel, range);
        std::string got;
        for (const PublicationPtr& each : stored.publications)
            got += each->data.bytes;
        REQUIRE(got == expected);
        REQUIRE(stored.top.offset == tops[channel]);
    }
}

}  // namespace
}  // namespace fairlead::engine
