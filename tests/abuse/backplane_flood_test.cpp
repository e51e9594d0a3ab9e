// SPDX-License-Identifier: Apache-2.0
// A service with a key that sends as fast as it can, and reads nothing.
#include <atomic>
#include <catch2/catch.hpp>
#include <iostream>
#include <string>
#include <thread>

#include "abuse/thief.h"
#include "faults/dealer.h"
#include "support/keys.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

constexpr int kRequests = 10;

enum class Flood { heartbeats, publications, events, calls, garbage };

/// Sends the same over and over in a thread of its own; comes again when it is cut.
class Thief {
public:
    Thief(const Broker& broker, KeyFolder& keys, Flood flood)
        : flood_(flood), thread_([this, address = broker.backplane_address(), key = with_key(keys, "thief")] {
              while (!ended_)
                  send_to(address, key);
          }) {}
    ~Thief() {
        ended_ = true;
        thread_.join();
    }
    long sent() const { return sent_; }

private:
    void send_to(const std::string& address, const std::function<void(zmq::socket_t&)>& key) {
        Dealer dealer(address, key);
        dealer.send(greeting("thief", "thief.ask"));
        for (int i = 0; i < 100'000 && !ended_ && send(dealer); ++i)
            ++sent_;
    }

    bool send(Dealer& dealer) {
        static const std::string large(1000, '\x01');
        switch (flood_) {
            case Flood::heartbeats:
                return dealer.send(wire::Heartbeat{});
            case Flood::publications: {
                wire::Publication frame;
                frame.id = 1;
                frame.channel = "thief:feed";
                return dealer.send(frame, "\x01");
            }
            case Flood::events: {
                wire::Event frame;
                frame.id = 1;
                frame.topic = "thief.did";
                return dealer.send(frame, "\x01");
            }
            case Flood::calls: {
                wire::Request frame;
                frame.call = static_cast<wire::CallId>(sent_ + 1);
                frame.topic = "thief.ask";
                return dealer.send(frame, "\x01");
            }
            case Flood::garbage:
                return dealer.send_parts({large, ""});
        }
        return false;
    }

    const Flood flood_;
    std::atomic<bool> ended_{false};
    std::atomic<long> sent_{0};
    std::thread thread_;
};

TEST_CASE("T40: a service that floods does not stop the requests of another", "[backplane]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights) +
                   table_of("thief", keys.key("thief"),
                            "topics = [\"thief.*\"]\ncalls = [\"thief.*\"]\nemits = [\"thief.*\"]\n"
                            "channels = [\"thief:*\"]"));
    Broker broker(keys.options());
    Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    orders.on("orders.create", [](Request&) { return "orders"; });
    join(orders);
    auto client = enter(broker);
    const auto kind =
        GENERATE(Flood::heartbeats, Flood::publications, Flood::events, Flood::calls, Flood::garbage);
    CAPTURE(static_cast<int>(kind));
    Thief thief(broker, keys, kind);
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (thief.sent() < 1000 && std::chrono::steady_clock::now() < give_up)
        std::this_thread::yield();
    const long before = thief.sent();
    std::chrono::steady_clock::duration longest{};
    for (int i = 0; i < kRequests; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        // The deadline of a request is the bound: 4 s.
        CHECK(ask(client, "orders.create", "{}").data == R"("orders")");
        longest = std::max(longest, std::chrono::steady_clock::now() - begin);
    }
    CHECK(before >= 1000);
    CHECK(orders.stats().reconnects == 0);
    std::cout << "flood " << static_cast<int>(kind) << ": " << thief.sent() - before << " messages during "
              << kRequests << " requests, of which the longest took "
              << std::chrono::duration_cast<std::chrono::milliseconds>(longest).count() << " ms\n";
}

}  // namespace
}  // namespace fairlead::support
