// SPDX-License-Identifier: Apache-2.0
#include "wire/batch.h"

#include <catch2/catch.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "unit/wire/frames.h"

namespace fairlead::wire {
namespace {

using test::bytes_of;

/// Takes the batch apart as its owner would and gives the pairs of each message.
std::vector<std::size_t> messages_of(Batch& batch) {
    std::vector<std::size_t> messages;
    while (const std::size_t pairs = batch.message_pairs()) {
        messages.push_back(pairs);
        batch.pop(pairs);
    }
    return messages;
}

Batch batch_of(const std::vector<std::size_t>& payload_bytes) {
    Batch batch;
    for (const std::size_t bytes : payload_bytes) {
        REQUIRE(batch.add(Reply{bytes}, std::string(bytes, 'x')));
    }
    return batch;
}

}  // namespace

TEST_CASE("pairs leave in the order in which they came", "[wire][batch]") {
    Batch batch;
    CHECK(batch.message_pairs() == 0);
    REQUIRE(batch.add(Reply{1}, "one"));
    REQUIRE(batch.add(Cancel{2}));
    CHECK(batch.size() == 2);
    CHECK(batch.payload_bytes() == 3);
    CHECK(batch.header_bytes() == bytes_of(Reply{1}).size() + bytes_of(Cancel{2}).size());
    REQUIRE(batch.message_pairs() == 2);
    CHECK(batch.header(0) == bytes_of(Reply{1}));
    CHECK(batch.payload(0) == "one");
    CHECK(batch.header(1) == bytes_of(Cancel{2}));
    CHECK(batch.payload(1).empty());
    batch.pop(2);
    CHECK(batch.empty());
    CHECK(batch.header_bytes() == 0);
}

TEST_CASE("a message has at most so many pairs", "[wire][batch]") {
    Batch batch = batch_of(std::vector<std::size_t>(2 * kMaxPairs + 1, 1));
    CHECK(messages_of(batch) == std::vector<std::size_t>{kMaxPairs, kMaxPairs, 1});
}

TEST_CASE("a message has at most so many bytes, unless one payload alone is larger", "[wire][batch]") {
    constexpr std::size_t k = kMaxMessageBytes;
    struct Case {
        std::vector<std::size_t> payload_bytes;
        std::vector<std::size_t> messages;
    };
    const Case cases[] = {
        {{k}, {1}},
        {{k, 0}, {2}},
        {{k, 1}, {1, 1}},
        {{k / 2, k / 2}, {2}},
        {{k / 2, k / 2, 1}, {2, 1}},
        {{k + 1}, {1}},
        {{k + 1, 0}, {1, 1}},
        {{1, k + 1, 1}, {1, 1, 1}},
        {{0, k + 1}, {1, 1}},
        {{kHardPayloadBytes}, {1}},
    };
    for (const Case& each : cases) {
        Batch batch = batch_of(each.payload_bytes);
        CHECK(messages_of(batch) == each.messages);
    }
}

TEST_CASE("what a peer would refuse is not added", "[wire][batch]") {
    Batch batch;
    REQUIRE(batch.add(Reply{1}));
    Goodbye goodbye;
    const std::string reason(kMaxHeaderBytes, 'x');
    goodbye.reason = reason;
    CHECK_FALSE(batch.add(goodbye));
    CHECK_FALSE(batch.add(Reply{2}, std::string(kHardPayloadBytes + 1, 'x')));
    CHECK(batch.size() == 1);
    CHECK(batch.header_bytes() == bytes_of(Reply{1}).size());
    goodbye.reason = std::string_view(reason).substr(0, kMaxHeaderBytes - bytes_of(Goodbye{}).size() - 2);
    CHECK(batch.add(goodbye));
    CHECK(batch.header(1) == bytes_of(goodbye));
}

TEST_CASE("payloads are moved in and out", "[wire][batch]") {
    struct Owned {
        std::unique_ptr<std::string> text;
        std::size_t size() const { return text ? text->size() : 0; }
    };
    BasicBatch<Owned> batch;
    REQUIRE(batch.add(Reply{1}, Owned{std::make_unique<std::string>("moved")}));
    REQUIRE(batch.add(Reply{2}));
    const Owned taken = std::move(batch.payload(0));
    CHECK(*taken.text == "moved");
    CHECK(batch.payload_bytes() == 5);
    batch.pop(1);
    CHECK(batch.payload_bytes() == 0);
    CHECK(batch.size() == 1);
}

TEST_CASE("a batch with a backlog agrees with a plain list, and every message passes the check",
          "[wire][batch]") {
    std::mt19937 engine(5);
    Batch batch;
    std::vector<std::pair<std::string, std::string>> expected;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const std::string payload(engine() % 50 == 0 ? engine() % 200'000 : engine() % 100, 'x');
        REQUIRE(batch.add(Reply{i}, payload));
        expected.emplace_back(bytes_of(Reply{i}), payload);
        if (engine() % 40 != 0) {
            continue;
        }
        const std::size_t pairs = batch.message_pairs();
        MessageCheck check;
        for (std::size_t pair = 0; pair < pairs; ++pair) {
            REQUIRE(batch.header(pair) == expected[pair].first);
            REQUIRE(batch.payload(pair) == expected[pair].second);
            check.add(batch.header(pair).size());
            check.add(batch.payload(pair).size());
        }
        REQUIRE(check.finish() == MessageFault::none);
        batch.pop(pairs);
        expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(pairs));
        REQUIRE(batch.size() == expected.size());
    }
    CHECK(batch.size() > kMaxPairs);
    batch.clear();
    CHECK(batch.empty());
    CHECK(batch.payload_bytes() == 0);
}

TEST_CASE("a message is pairs of parts inside the bounds", "[wire][batch]") {
    constexpr std::size_t k = kMaxMessageBytes;
    struct Case {
        std::vector<std::size_t> parts;
        MessageFault fault;
    };
    std::vector<std::size_t> most(2 * kMaxPairs, 1);
    std::vector<std::size_t> more(2 * kMaxPairs + 2, 1);
    const Case cases[] = {
        {{1, 0}, MessageFault::none},
        {{1, 0, 1, 0}, MessageFault::none},
        {most, MessageFault::none},
        {more, MessageFault::too_many_parts},
        {{}, MessageFault::odd_parts},
        {{1}, MessageFault::odd_parts},
        {{1, 0, 1}, MessageFault::odd_parts},
        {{0, 0}, MessageFault::empty_header},
        {{kMaxHeaderBytes, 0}, MessageFault::none},
        {{kMaxHeaderBytes + 1, 0}, MessageFault::header_too_big},
        {{1, kDefaultPayloadBytes}, MessageFault::none},
        {{1, kDefaultPayloadBytes + 1}, MessageFault::payload_too_big},
        {{1, k / 2, 1, k / 2}, MessageFault::none},
        {{1, k / 2, 1, k / 2 + 1}, MessageFault::message_too_big},
        {{0, k, 1}, MessageFault::empty_header},
    };
    for (const Case& each : cases) {
        CHECK(check_message(each.parts) == each.fault);
    }
}

TEST_CASE("a payload over a message's bytes is taken alone only", "[wire][batch]") {
    constexpr std::size_t large = kMaxMessageBytes + 1;
    const auto check = [](std::vector<std::size_t> parts) { return check_message(parts, kHardPayloadBytes); };
    CHECK(check({1, large}) == MessageFault::none);
    CHECK(check({1, kHardPayloadBytes}) == MessageFault::none);
    CHECK(check({1, kHardPayloadBytes + 1}) == MessageFault::payload_too_big);
    CHECK(check({1, large, 1, 0}) == MessageFault::message_too_big);
    CHECK(check({1, 0, 1, large}) == MessageFault::message_too_big);
}

TEST_CASE("a fault stays until the check is reset", "[wire][batch]") {
    MessageCheck check;
    CHECK(check.add(0) == MessageFault::empty_header);
    CHECK(check.add(1) == MessageFault::empty_header);
    CHECK(check.finish() == MessageFault::empty_header);
    check.reset();
    check.add(1);
    check.add(1);
    CHECK(check.finish() == MessageFault::none);
}

TEST_CASE("every fault of a message has words", "[wire][batch]") {
    for (int fault = 0; fault <= static_cast<int>(MessageFault::message_too_big); ++fault) {
        CHECK(to_string(static_cast<MessageFault>(fault)) != "unknown fault");
    }
}

}  // namespace fairlead::wire
