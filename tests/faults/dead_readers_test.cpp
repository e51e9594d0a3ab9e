// SPDX-License-Identifier: Apache-2.0
// F10, T14: clients that stop answering, or stop reading, are closed; nobody else notices.
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "support/parties.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kDataBytes = 16 * 1024;
constexpr int kMost = 4000;  // publications until the kernel's buffers and our queue are full, and more

// Waits until the broker has given the client up.
bool is_gone(Service& service, const std::string& id) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
        const auto pushed = service.client(id).push("there?").wait();
        if (!pushed && pushed.error().code == 104) return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

// The code of the close frame after whatever stands before it; 0 when there is none.
int read_to_close(client::WebSocket& socket) {
    while (auto event = socket.receive(kPatience)) {
        if (event->kind == client::Event::Kind::close) return event->close_code;
    }
    return 0;
}

TEST_CASE("a client that reads and answers nothing is closed with 3012", "[clients]") {
    Broker broker(with_threads(GENERATE(1, 3), {"client.ping_interval=1s", "client.pong_timeout=900ms"}));
    Service service{"watch", "1.0.0", behind(broker)};
    join(service);
    auto silent = enter(broker);
    auto healthy = enter(broker);
    subscribe(healthy, "news:now");
    std::atomic<bool> going{true};
    bool alive = true;
    std::thread answers([&] {
        while (going && alive)
            alive = bool(healthy.poll()) && (std::this_thread::sleep_for(5ms), true);
    });
    CHECK(is_gone(service, silent.id()));
    CHECK(read_to_close(silent.websocket()) == 3012);
    going = false;
    answers.join();
    CHECK(alive);
    CHECK(service.channel("news:now").publish(1).wait().value().reached == 1);
}

TEST_CASE("a client that reads but does not answer pings is closed with 3012", "[clients]") {
    Broker broker(with_threads(GENERATE(1, 3), {"client.ping_interval=200ms", "client.pong_timeout=100ms"}));
    auto socket = client::WebSocket::open(broker.websocket_url());
    REQUIRE(socket);
    REQUIRE(socket->send_text(R"({"connect":{},"id":1})"));
    const auto reply = socket->receive(kPatience);
    REQUIRE(reply);
    CHECK_THAT(reply->payload, Catch::Contains(R"("pong":true)"));
    const auto ping = socket->receive(kPatience);
    REQUIRE(ping);
    CHECK(ping->payload == "{}");
    CHECK(read_to_close(*socket) == 3012);
}

TEST_CASE("T9: a client that never connects is closed with 3502", "[clients]") {
    Broker broker(with_threads(GENERATE(1, 3), {"client.connect_timeout=100ms"}));
    auto socket = client::WebSocket::open(broker.websocket_url());
    REQUIRE(socket);
    CHECK(read_to_close(*socket) == 3502);
}

// The number of a publication's data.
std::uint64_t number_in(client::Client& reader) {
    const auto push = reader.next_push(kPatience);
    if (!push || push->publication() == nullptr) return 0;
    const auto* data = client::member(*push->publication(), "data");
    return data == nullptr ? 0 : client::number_of(*data, "number");
}

TEST_CASE("T14: a slow reader is closed with 3008, the others lose nothing", "[clients]") {
    Broker broker(with_threads(GENERATE(1, 3), {"client.max_queue=256 KiB"}));
    Service service{"news", "1.0.0", behind(broker)};
    join(service);
    auto slow = enter(broker);
    auto healthy = enter(broker);
    for (auto* client : {&slow, &healthy})
        subscribe(*client, "news:now");

    const std::string filling(kDataBytes, 'x');
    std::uint64_t sent = 0;
    std::uint64_t seen = 0;
    std::uint32_t reached = 2;
    while (reached == 2 && sent < kMost) {
        const auto published = service.channel("news:now")
                                   .publish(Value::map({{"number", ++sent}, {"filling", filling}}))
                                   .wait();
        REQUIRE(published);
        reached = published->reached;
        // The healthy one has read this before the next is sent.
        if (number_in(healthy) == sent) ++seen;
    }
    CHECK(reached == 1);
    CHECK(seen == sent);

    // What the slow one gets is a beginning without a hole, and then the reason.
    std::uint64_t last = 0;
    std::uint64_t number = 0;
    while ((number = number_in(slow)) != 0) {
        CHECK(number == last + 1);
        last = number;
    }
    CHECK(last < sent);
    REQUIRE(slow.close_event());
    CHECK(slow.close_event()->close_code == 3008);
    CHECK(service.channel("news:now").publish(Value::map({{"number", 7}})).wait().value().reached == 1);
    CHECK(number_in(healthy) == 7);
}

// Each edge thread has its share of the budget, and clients fall on threads by chance: so one thread here.
TEST_CASE("T14: over the budget of all queues the largest one goes", "[clients]") {
    Broker broker(with_threads(1, {"client.max_queue=3 MiB", "client.max_total_queue=3 MiB"}));
    Service service{"news", "1.0.0", behind(broker)};
    join(service);
    auto slowest = enter(broker);
    std::vector<client::Client> slow;
    auto healthy = enter(broker);
    subscribe(slowest, "news:most");
    subscribe(healthy, "news:mark");
    for (int i = 0; i < 3; ++i) {
        slow.push_back(enter(broker));
        subscribe(slow.back(), "news:much");
    }
    const std::string most(kDataBytes, 'x');
    const std::string much(kDataBytes / 16 * 15, 'x');
    std::uint32_t slowest_stays = 1;
    std::uint32_t slow_stay = 3;
    for (int i = 0; slowest_stays == 1 && slow_stay == 3 && i < kMost; ++i) {
        slowest_stays = service.channel("news:most").publish(most).wait().value().reached;
        slow_stay = service.channel("news:much").publish(much).wait().value().reached;
    }
    CHECK(slowest_stays == 0);
    CHECK(slow_stay == 3);
    CHECK(read_to_close(slowest.websocket()) == 3008);
    for (auto& client : slow)
        CHECK(client.poll());
    CHECK(service.channel("news:mark").publish(Value::map({{"number", 1}})).wait().value().reached == 1);
    CHECK(number_in(healthy) == 1);
}

}  // namespace
}  // namespace fairlead::support
