// SPDX-License-Identifier: Apache-2.0
// Publications of clients and services, over real sockets. That something does not arrive shows by what was
// sent after it and arrives.
#include <catch2/catch.hpp>

#include <limits>
#include <thread>

#include "support/jwt.h"
#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

constexpr int kMany = 10'000;

std::vector<std::string> without_limits(int threads) {
    return with_threads(threads, {"client.commands=1000000", "client.commands_burst=1000000",
                                  "client.max_bytes_per_second=1 GiB", "client.max_queue=64 MiB"});
}

TEST_CASE("what one client publishes the other one gets", "[publications]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    auto reader = enter(broker);
    auto writer = enter(broker);
    subscribe(reader, "room:1");
    subscribe(writer, "room:1");

    const std::string data = R"({"text":"hello","n":[1,2.5,null]})";
    REQUIRE(outcome_of(writer.publish("room:1", data)).code == 0);
    for (auto* client : {&reader, &writer}) {
        const auto heard = next(*client);
        CHECK(heard.channel == "room:1");
        CHECK(heard.data == data);
        CHECK_THAT(heard.text, Catch::Contains(writer.id()));
    }
}

TEST_CASE("a publication reaches its channel only", "[publications]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    auto reader = enter(broker);
    auto writer = enter(broker);
    subscribe(reader, "room:1");
    for (const std::string channel : {"room:2", "room:11", "room", "room:1"})
        REQUIRE(outcome_of(writer.publish(channel, client::quoted(channel))).code == 0);
    CHECK(next(reader).data == R"("room:1")");
}

TEST_CASE("after the unsubscribe reply nothing arrives", "[publications]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    auto reader = enter(broker);
    auto writer = enter(broker);
    auto stays = enter(broker);  // so that the channel's publications still come to the edge
    subscribe(stays, "room:1");
    subscribe(reader, "room:1");
    subscribe(reader, "room:2");
    REQUIRE(outcome_of(writer.publish("room:1", "1")).code == 0);
    CHECK(next(reader).data == "1");
    REQUIRE(outcome_of(reader.unsubscribe("room:1")).code == 0);
    REQUIRE(outcome_of(writer.publish("room:1", "2")).code == 0);
    REQUIRE(outcome_of(writer.publish("room:2", "3")).code == 0);
    CHECK(next(reader).data == "3");
    subscribe(reader, "room:1");
    REQUIRE(outcome_of(writer.publish("room:1", "4")).code == 0);
    CHECK(next(reader).data == "4");
    for (const std::string data : {"1", "2", "4"})
        CHECK(next(stays).data == data);
}

// Reads `kMany` publications and gives how many stood in their place.
int count_in_order(client::Client& reader) {
    for (int i = 0; i < kMany; ++i) {
        if (next(reader).data != std::to_string(i)) return i;
    }
    return kMany;
}

struct Readers {
    Readers(const Broker& broker, std::string_view channel) {
        for (int i = 0; i < 8; ++i) {
            clients.push_back(enter(broker));
            subscribe(clients.back(), channel);
        }
        in_order.resize(clients.size());
        for (std::size_t i = 0; i < clients.size(); ++i)
            threads.emplace_back([this, i] { in_order[i] = count_in_order(clients[i]); });
    }
    ~Readers() { join(); }

    void join() {
        for (auto& thread : threads)
            thread.join();
        threads.clear();
    }

    std::vector<client::Client> clients;
    std::vector<int> in_order;
    std::vector<std::thread> threads;
};

TEST_CASE("ten thousand publications of one client keep their order", "[publications]") {
    Broker broker(without_limits(GENERATE(1, 3)));
    Readers readers(broker, "feed:1");
    auto writer = enter(broker);
    constexpr int kBatch = 100;
    for (int i = 0; i < kMany; i += kBatch) {
        std::string commands;
        for (int j = i; j < i + kBatch; ++j) {
            commands += R"({"publish":{"channel":"feed:1","data":)" + std::to_string(j) + R"(},"id":)" +
                        std::to_string(1000 + j) + "}\n";
        }
        REQUIRE(writer.websocket().send_text(commands));
    }
    int accepted = 0;
    for (int i = 0; i < kMany; ++i)
        accepted += hear(writer, static_cast<std::uint32_t>(1000 + i)).code == 0 ? 1 : 0;
    CHECK(accepted == kMany);
    readers.join();
    CHECK(readers.in_order == std::vector<int>(readers.clients.size(), kMany));
}

TEST_CASE("ten thousand publications of one service keep their order", "[publications]") {
    Broker broker(without_limits(GENERATE(1, 3)));
    Readers readers(broker, "feed:1");
    Service service{"feed", "1.0.0", behind(broker)};
    join(service);
    std::vector<Future<Published>> sent;
    for (int i = 0; i < kMany; ++i)
        sent.push_back(service.channel("feed:1").publish(i));
    std::size_t reached_all = 0;
    for (auto& one : sent) {
        const auto published = one.wait();
        reached_all += published && published->reached == readers.clients.size() ? 1U : 0U;
    }
    CHECK(reached_all == kMany);
    readers.join();
    CHECK(readers.in_order == std::vector<int>(readers.clients.size(), kMany));
}

TEST_CASE("a service publishes to subscribers and learns how many it reached", "[publications]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    CHECK(service.channel("shop:feed").publish(0).wait().value().reached == 0);
    std::vector<client::Client> readers;
    for (std::uint32_t i = 1; i <= 5; ++i) {
        readers.push_back(enter(broker));
        subscribe(readers.back(), "shop:feed");
        const auto published =
            service.channel("shop:feed").publish(i, PublishOptions{}.tag("kind", "sale")).wait();
        CHECK(published.value().reached == i);
    }
    for (std::size_t i = 0; i < readers.size(); ++i) {
        const auto heard = next(readers[i]);
        CHECK(heard.data == std::to_string(i + 1));
        CHECK_THAT(heard.text, Catch::Contains(R"("tags":{"kind":"sale"})"));
    }
}

TEST_CASE("what is published to a user reaches all of the user's clients and nobody else", "[publications]") {
    const std::string secret(32, 's');
    TemporaryFile secret_file(secret);
    Broker broker(with_threads(GENERATE(1, 3), {"token.hs256_secret_file=" + secret_file.path()}));
    const auto enter_as = [&](const std::string& user) {
        client::ClientOptions options;
        options.token = test::sign_hs256(R"({"sub":")" + user + R"("})", secret);
        return enter(broker, options);
    };
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    auto phone = enter_as("ada");
    auto laptop = enter_as("ada");
    auto other = enter_as("bob");
    auto nobody = enter(broker);

    const auto published = service.user("ada").publish("my-orders", Value::map({{"id", 7}})).wait();
    CHECK(published.value().reached == 2);
    for (auto* client : {&phone, &laptop}) {
        const auto heard = next(*client);
        CHECK(heard.channel == "user:ada");
        CHECK(heard.data == R"({"id":7})");
        CHECK_THAT(heard.text, Catch::Contains(R"("name":"my-orders")"));
    }
    CHECK(service.user("bob").publish("mark", 1).wait().value().reached == 1);
    CHECK(next(other).data == "1");
    REQUIRE(service.client(nobody.id()).push("mark").wait());
    CHECK_THAT(next(nobody).text, Catch::Contains("mark"));
    CHECK(service.user("").publish("mark", 1).wait().error().code == 107);
}

TEST_CASE("what clients cannot get is refused to the service that publishes it", "[publications]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    auto reader = enter(broker);
    subscribe(reader, "shop:feed");
    const auto channel = service.channel("shop:feed");

    CHECK(channel.publish(Bytes{1, 2, 3}).wait().error().code == 107);
    CHECK(channel.publish(std::numeric_limits<double>::quiet_NaN()).wait().error().code == 107);
    CHECK(channel.publish("a\xffz").wait().error().code == 107);
    CHECK(service.client(reader.id()).push(Bytes{1}).wait().error().code == 107);
    CHECK(service.channel("two words").publish(1).wait().error().code == 107);
    CHECK(service.channel(std::string(256, 'x')).publish(1).wait().error().code == 107);
    CHECK(service.channel("").publish(1).wait().error().code == 107);

    CHECK(channel.publish("good").wait().value().reached == 1);
    CHECK(next(reader).data == R"("good")");
}

}  // namespace
}  // namespace fairlead::support
