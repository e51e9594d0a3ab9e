// SPDX-License-Identifier: Apache-2.0
// T14: clients that do not read, beside one that does: the one gets all, the others what their policy says.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "support/parties.h"
#include "support/slow_readers.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kDataBytes = 16 * 1024;
constexpr std::uint64_t kMany = 1500;  // three times what kernel and queue hold, and more
constexpr std::string_view kQueue = "max_queue = \"256 KiB\"\nmax_queue_age = \"1h\"\n";

struct Came {
    std::uint64_t number = 0;  // 0 = nothing
    std::uint64_t offset = 0;
};

Came publication_in(const client::JsonValue& json) {
    const auto* data = client::member(json, "data");
    return {data == nullptr ? 0 : client::number_of(*data, "number"), client::number_of(json, "offset")};
}

// The next publication, if one comes in time and before any other push.
Came next_of(client::Client& reader, std::chrono::milliseconds time = kPatience) {
    const auto push = reader.next_push(time);
    return push && push->publication() != nullptr ? publication_in(*push->publication()) : Came{};
}

bool contiguous(const std::vector<std::uint64_t>& numbers) {
    return std::adjacent_find(numbers.begin(), numbers.end(), [](auto a, auto b) { return b != a + 1; }) ==
           numbers.end();
}

/// A broker with a namespace a policy; a client that reads and one that does not, in one channel.
struct Scene {
    explicit Scene(const std::string& name, std::string_view namespace_more = {})
        : config(policies_config(kQueue, namespace_more)),
          broker({"--config", config.path(), "--set", "websocket.threads=" + std::to_string(GENERATE(1, 3))}),
          channel(name + ":1"),
          slow(enter(broker)),
          healthy(enter(broker)) {
        join(service);
        const auto reply = slow.subscribe(channel);
        REQUIRE(reply);
        REQUIRE(reply->error().code == 0);
        if (const auto* result = reply->result("subscribe")) epoch = client::text_of(*result, "epoch");
        subscribe(healthy, channel);
    }

    /// The next number; the healthy client has read it when this returns.
    Published publish(const PublishOptions& options = {}) {
        const auto published = service.channel(channel)
                                   .publish(Value::map({{"number", ++sent}, {"filling", filling}}), options)
                                   .wait();
        REQUIRE(published);
        REQUIRE(next_of(healthy).number == sent);
        return *published;
    }

    TemporaryFile config;
    Broker broker;
    std::string channel;
    std::string epoch;
    client::Client slow;
    client::Client healthy;
    Service service{"news", "1.0.0", behind(broker)};
    std::string filling = std::string(kDataBytes, 'x');
    std::uint64_t sent = 0;
};

TEST_CASE("T14: drop_oldest: who reads again gets the newest, in order", "[slow_readers]") {
    Scene scene("drop_oldest");
    while (scene.sent < kMany)
        scene.publish();
    std::vector<std::uint64_t> came;
    while (came.empty() || came.back() != kMany) {
        came.push_back(next_of(scene.slow).number);
        REQUIRE(came.back() != 0);
    }
    const auto hole = std::adjacent_find(came.begin(), came.end(), [](auto a, auto b) { return b != a + 1; });
    REQUIRE(hole != came.end());
    CHECK(came.front() == 1);
    CHECK(contiguous({came.begin(), hole + 1}));
    CHECK(contiguous({hole + 1, came.end()}));
    CHECK(came.end() - (hole + 1) > 10);  // a queue full
    CHECK(scene.broker.process().wait_for_output("a client does not read", kPatience));
}

TEST_CASE("T14: drop_newest: who reads again gets what came first", "[slow_readers]") {
    Scene scene("drop_newest");
    while (scene.sent < kMany)
        scene.publish();
    std::vector<std::uint64_t> came;
    while (came.empty() || came.back() <= kMany) {  // until there is room again
        const Came next = next_of(scene.slow, 1ms);
        if (next.number != 0) came.push_back(next.number);
        if (next.number == 0) scene.publish();
        REQUIRE_FALSE(scene.slow.close_event());
    }
    came.pop_back();
    CHECK(came.front() == 1);
    CHECK(contiguous(came));
    CHECK(came.size() < kMany);
}

TEST_CASE("T14: conflate: who reads again gets the last of each key", "[slow_readers]") {
    Scene scene("conflate");
    const std::vector<std::string> keys{"ada", "bob", "cy"};
    while (scene.sent < kMany)
        scene.publish(PublishOptions{}.key(keys[scene.sent % keys.size()]));
    std::vector<std::uint64_t> came;
    std::size_t last_ones = 0;
    while (last_ones < keys.size()) {
        came.push_back(next_of(scene.slow).number);
        REQUIRE(came.back() != 0);
        last_ones += came.back() > kMany - keys.size() ? 1U : 0U;
    }
    CHECK(came.size() < kMany);
    std::sort(came.begin(), came.end());
    CHECK(std::adjacent_find(came.begin(), came.end()) == came.end());
    CHECK(std::vector<std::uint64_t>(came.end() - 3, came.end()) ==
          std::vector<std::uint64_t>{kMany - 2, kMany - 1, kMany});
}

TEST_CASE("T14: disconnect: 3008, after a beginning without holes", "[slow_readers]") {
    Scene scene("disconnect");
    std::uint32_t reached = 2;
    while (reached == 2 && scene.sent < kMany)
        reached = scene.publish().reached;
    REQUIRE(reached == 1);
    std::vector<std::uint64_t> came;
    for (Came next = next_of(scene.slow); next.number != 0; next = next_of(scene.slow))
        came.push_back(next.number);
    CHECK(came.front() == 1);
    CHECK(contiguous(came));
    REQUIRE(scene.slow.close_event());
    CHECK(scene.slow.close_event()->close_code == 3008);
    CHECK(scene.broker.process().wait_for_output("a client does not read", kPatience));
    CHECK(scene.broker.process().output().find("slow client closed") == std::string::npos);
}

TEST_CASE("T14: in a recoverable channel who reads again is sent to recover, and misses nothing",
          "[slow_readers]") {
    Scene scene(GENERATE("drop_oldest", "drop_newest", "conflate"), "history_size = 100000\n");
    while (scene.broker.process().output().find("a client does not read") == std::string::npos) {
        REQUIRE(scene.sent < kMany);
        scene.publish();
    }
    // For these there would be room again.
    scene.filling.clear();
    for (int i = 0; i < 5; ++i)
        scene.publish();

    std::uint64_t last = 0;
    for (Came next = next_of(scene.slow); next.number != 0; next = next_of(scene.slow)) {
        REQUIRE(next.number == last + 1);
        REQUIRE(next.offset == next.number);
        last = next.number;
    }
    CHECK(last + 5 < scene.sent);
    // That was the push that ends the subscription. It is not left out that more has come by now.
    scene.publish();
    const auto reply = scene.slow.subscribe(
        scene.channel, R"("recover":true,"epoch":")" + scene.epoch + R"(","offset":)" + std::to_string(last));
    REQUIRE(reply);
    const auto* result = reply->result("subscribe");
    REQUIRE(result != nullptr);
    CHECK(client::flag_of(*result, "recovered"));
    const auto* missed = client::member(*result, "publications");
    REQUIRE(missed != nullptr);
    for (const auto& each : missed->GetArray())
        CHECK(publication_in(each).number == ++last);
    CHECK(last == scene.sent);
    scene.publish();
    CHECK(next_of(scene.slow).number == scene.sent);
}

// Each edge thread has its share of the budget, and clients fall on threads by chance: so one thread here.
TEST_CASE("T14: over the budget of all queues what may be dropped goes before any client", "[slow_readers]") {
    const TemporaryFile config =
        policies_config("max_queue = \"3 MiB\"\nmax_total_queue = \"3 MiB\"\nmax_queue_age = \"1h\"\n");
    Broker broker({"--config", config.path(), "--set", "websocket.threads=1"});
    Service service{"news", "1.0.0", behind(broker)};
    join(service);
    std::vector<client::Client> slow;
    for (int i = 0; i < 4; ++i) {
        slow.push_back(enter(broker));
        subscribe(slow.back(), "drop_newest:1");
    }
    auto strict = enter(broker);  // has much waiting, but not as much as may be
    subscribe(strict, "disconnect:1");
    auto healthy = enter(broker);
    subscribe(healthy, "drop_newest:1");
    const std::string filling(kDataBytes, 'x');
    const auto publish = [&](const std::string& channel, std::uint64_t number) {
        return service.channel(channel)
            .publish(Value::map({{"number", number}, {"filling", filling}}))
            .wait()
            .value()
            .reached;
    };
    for (std::uint64_t i = 1; i <= kMany; ++i) {
        REQUIRE(publish("drop_newest:1", i) == 5);
        REQUIRE(next_of(healthy).number == i);
        if (i % 8 == 0) REQUIRE(publish("disconnect:1", i) == 1);
    }
    CHECK(broker.process().wait_for_output("slow readers gave way", kPatience));
}

}  // namespace
}  // namespace fairlead::support
