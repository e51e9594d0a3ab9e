// SPDX-License-Identifier: Apache-2.0
// T54: a broker whose memory becomes short refuses new clients, then closes those that read least, and recovers.
#include <catch2/catch.hpp>
#include <thread>

#include "support/footprint.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBudget = 96 * kMiB;
constexpr std::size_t kDataBytes = 64 * 1024;

// Waits until the broker's log has a line with this text.
void await_line(Broker& broker, const std::string& text) {
    INFO(text);
    CHECK(broker.process().wait_for_output(text, kPatience));
}

bool gets_in(const Broker& broker) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!client::Client::connect(broker.websocket_url(), {})) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

TEST_CASE("T54: readers that stand still cost no more than the budget", "[memory]") {
    Broker broker(with_threads(GENERATE(1, 3), {"memory.budget=96MiB", "client.max_queue=1GiB",
                                                "client.max_total_queue=1GiB"}));
    Service service{"flood", "1.0.0", behind(broker)};
    join(service);
    std::vector<client::Client> dead;
    for (int i = 0; i < 8; ++i) {
        dead.push_back(enter(broker));
        subscribe(dead.back(), "own:" + std::to_string(i));
    }
    client::Client reader = enter(broker);
    subscribe(reader, "news:now");

    // A channel for each, so that no frame is shared: five times the budget.
    const std::string data(kDataBytes, 'x');
    std::size_t most = 0;
    int accepted = 0;
    for (std::size_t sent = 0; sent < 5 * kBudget; sent += kDataBytes * dead.size()) {
        std::vector<Future<Published>> published;
        for (std::size_t i = 0; i < dead.size(); ++i)
            published.push_back(service.channel("own:" + std::to_string(i)).publish(data));
        for (auto& each : published) accepted += each.wait() ? 1 : 0;  // some are refused for want of room
        most = std::max(most, footprint_of(broker.process().pid()).resident);
    }
    CHECK(accepted > 0);
    await_line(broker, "memory is short");
    await_line(broker, "a client does not read");
    CHECK(most < 3 * kBudget);  // more than the budget comes in between two looks

    // Whoever reads has noticed nothing, and when the rest is gone everybody is welcome again.
    REQUIRE(service.channel("news:now").publish(1).wait());
    CHECK(next(reader).data == "1");
    for (auto& each : dead) each.close();
    await_line(broker, "memory is enough again");
    CHECK(gets_in(broker));
}

}  // namespace
}  // namespace fairlead::support
