// SPDX-License-Identifier: Apache-2.0
// A service that has a key and sends messages without end: libzmq holds all their parts until the last one.
#include <catch2/catch.hpp>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "abuse/peak.h"
#include "abuse/thief.h"
#include "abuse/zmtp.h"
#include "faults/dealer.h"
#include "support/keys.h"
#include "support/parties.h"
#include "support/raw.h"

namespace fairlead::support {
namespace {

constexpr std::size_t kFlood = 256 * kMiB;
constexpr std::size_t kPart = 64 * 1024;

std::string line_with(const std::string& output, std::string_view text) {
    const auto at = output.find(text);
    if (at == std::string::npos) return {};
    const auto begin = output.rfind('\n', at) + 1;
    return output.substr(begin, output.find('\n', at) - begin);
}

/// One message of kFlood. libzmq sends none of it before it has the last part, but then it is on its way.
void send_endless(Dealer& dealer) {
    static const std::string part(kPart, 'x');
    dealer.send_same(part, kFlood / kPart);
}

struct Stand {
    explicit Stand(int threads) {
        keys.configure(table_of("orders", keys.key("orders"), kAllRights) +
                       table_of("thief", keys.key("thief"), kAllRights));
        broker.emplace(keys.options(threads));
        orders.emplace("orders", "1.0.0", keys.service(broker->backplane_address(), "orders"));
        orders->on("orders.create", [](Request&) { return "orders"; });
        join(*orders);
        peak.emplace(broker->process().pid());
    }

    /// Requests of another service, until the broker's log says this.
    void ask_until(std::string_view said) {
        auto client = enter(*broker);
        const auto give_up = std::chrono::steady_clock::now() + kPatience;
        bool heard = false;
        while (!heard && std::chrono::steady_clock::now() < give_up) {
            REQUIRE(ask(client, "orders.create", "{}").data == R"("orders")");
            heard = broker->process().output().find(said) != std::string::npos;
        }
        CHECK(heard);
    }

    KeyFolder keys;
    std::optional<Broker> broker;
    std::optional<Service> orders;
    std::optional<Peak> peak;
};

TEST_CASE("T38: a service that sends a message without end is cut and named, others go on", "[backplane]") {
    Stand stand(GENERATE(1, 3));
    Dealer thief(stand.broker->backplane_address(), with_key(stand.keys, "thief"));
    thief.send(greeting("thief", "thief.ask"));
    REQUIRE(thief.receive<wire::Welcome>());
    send_endless(thief);
    stand.ask_until("why=\"it sent a message without end\"");
    const std::string cut = line_with(stand.broker->process().output(), "a peer was cut");
    CHECK_THAT(cut, Catch::Contains("service=\"thief\""));
    CHECK_THAT(cut, Catch::Contains(stand.keys.key("thief")));
    CHECK(stand.peak->growth() < 64 * kMiB);
    CHECK(stand.orders->stats().reconnects == 0);
}

TEST_CASE("T38: who is silent until its link ends is named all the same", "[backplane]") {
    Stand stand(1);
    Dealer thief(stand.broker->backplane_address(), with_key(stand.keys, "thief"));
    thief.send(greeting("thief", "thief.ask"));
    REQUIRE(thief.receive<wire::Welcome>());
    REQUIRE(stand.broker->process().wait_for_output("it was silent for too long", kPatience));
    send_endless(thief);
    stand.ask_until("a peer was cut");
    const std::string cut = line_with(stand.broker->process().output(), "a peer was cut");
    CHECK_THAT(cut, Catch::Contains("service=\"thief\""));
    CHECK_THAT(cut, Catch::Contains(stand.keys.key("thief")));
}

TEST_CASE("T38: neither does it help not to greet, nor to come again", "[backplane]") {
    Stand stand(1);
    for (int i = 0; i < 3; ++i) {
        Dealer thief(stand.broker->backplane_address(), with_key(stand.keys, "thief"));
        send_endless(thief);
        // The broker hangs up, and libzmq connects anew: only then a greeting is heard.
        thief.send(greeting("thief", "thief.ask"));
        CHECK(thief.receive<wire::Welcome>());
    }
    CHECK_THAT(line_with(stand.broker->process().output(), "a peer was cut"), Catch::Contains("127.0.0.1:"));
    CHECK(stand.peak->growth() < 64 * kMiB);
}

TEST_CASE("T38: many unfinished messages have one bound together", "[backplane]") {
    Broker broker;
    Service orders{"orders", "1.0.0", behind(broker)};
    join(orders);
    Peak peak(broker.process().pid());
    const std::string ready = std::string("\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06", 24) + "DEALER";
    const std::string part = zmtp_head('\x03', kPart) + std::string(kPart, 'x');
    std::deque<Raw> peers;
    for (int i = 0; i < 30; ++i) {
        peers.emplace_back(broker.backplane_address());
        peers.back().send(zmtp_greeting("NULL") + ready);
        REQUIRE(peers.back().hear("READY").find("READY") != std::string::npos);
        for (std::size_t sent = 0; sent < 900 * kKiB; sent += kPart)  // less than one may hold
            peers.back().send(part);
    }
    CHECK(broker.process().wait_for_output("a peer was cut: it sent a message without end", kPatience));
    CHECK(peak.growth() < 40 * kMiB);
    CHECK(orders.stats().reconnects == 0);
}

TEST_CASE("T38: many bytes in legal messages cut nobody", "[backplane]") {
    Stand stand(1);
    const std::string large(200'000, 'x');
    auto feed = stand.orders->channel("shop:feed");
    for (int i = 0; i < 300; ++i)
        CHECK(feed.publish(large).wait());
    CHECK(stand.orders->stats().reconnects == 0);
    CHECK(stand.broker->process().output().find("without end") == std::string::npos);
}

}  // namespace
}  // namespace fairlead::support
