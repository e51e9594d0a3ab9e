// SPDX-License-Identifier: Apache-2.0
// T3, T7, T9, T13, T16: floods in the numbers and times of the list of threats.
#include <poll.h>

#include <algorithm>

#include "abuse/floods.h"
#include "client/swarm.h"
#include "support/network_namespace.h"
#include "support/temporary_file.h"

namespace fairlead::abuse {
namespace {

TEST_CASE("T3: round trips go on during half a minute of TLS handshakes", "[floods]") {
    flood_with_handshakes(30s);
}

TEST_CASE("T13: half a minute of pings from a peer that does not read costs nothing", "[floods]") {
    flood_with_pings(30s);
}

/// Whether the other side has ended it, without waiting.
bool ended(const client::Descriptor& socket) {
    pollfd item{socket.get(), POLLIN, 0};
    return ::poll(&item, 1, 0) > 0;  // nothing was asked for, so nothing but the end comes
}

TEST_CASE("T7: five thousand connections from one address stop at its limit, another's are served at once",
          "[floods]") {
    if (const auto why = support::NetworkNamespace::missing(); !why.empty()) {
        WARN("skipped: " << why);
        return;
    }
    constexpr std::size_t kConnections = 5000;
    constexpr std::size_t kMostOfOne = 100;
    const support::NetworkNamespace network;
    const support::Certificates certificates;
    const support::TemporaryFile config(
        "[client]\nanonymous = true\nupgrade_timeout = \"30s\"\n[websocket]\ntls_handshake_timeout = "
        "\"30s\"\n");
    Broker broker({"--config", config.path(), "--set", "websocket.listen=" + network.outside() + ":0",
                   "--set", "websocket.tls_certificate_file=" + certificates("server.pem"), "--set",
                   "websocket.tls_key_file=" + certificates("server.key")});
    const auto url = *client::parse_url(broker.websocket_url());
    REQUIRE(url.host == network.outside());
    const std::size_t own = support::descriptors_of(broker.process().pid());

    client::ClientOptions options;
    options.timeout = kPatience;
    options.websocket.tls.insecure_skip_verify = true;  // the certificate does not name this address
    std::vector<client::Descriptor> flood;
    std::size_t most = 0;
    bool refused = false;
    const auto begin = Clock::now();
    network.inside([&] {
        while (flood.size() < kConnections) {
            auto socket = client::connect_socket(url.host, url.port, Clock::now() + kPatience);
            if (!socket) break;
            flood.push_back(std::move(*socket));
            if (flood.size() % 50 == 0)
                most = std::max(most, support::descriptors_of(broker.process().pid()));
        }
        refused = !client::Client::connect(broker.websocket_url(), options);
    });
    const double flooded = seconds_since(begin);
    CHECK(flood.size() == kConnections);
    CHECK(refused);
    const auto count_held = [&] {
        return flood.size() - static_cast<std::size_t>(std::count_if(flood.begin(), flood.end(), ended));
    };
    const std::size_t held = count_held();

    network.prefer_second();
    bool served = false;
    const auto asked = Clock::now();
    network.inside(
        [&] { served = static_cast<bool>(client::Client::connect(broker.websocket_url(), options)); });
    const double took = seconds_since(asked);
    std::cout << kConnections << " connections in " << flooded << " s: " << held << " are held, "
              << most - own << " at most; another address is in after " << took * 1000 << " ms\n";
    CHECK(served);
    CHECK(took < 1.0);
    CHECK(held > 0);
    CHECK(held <= std::min(kMostOfOne, static_cast<std::size_t>(50 + 20 * (flooded + 1))));
    CHECK(most - own <= kMostOfOne);
}

/// Counts what a swarm tells.
class Counter final : public client::SwarmListener {
public:
    void opened(std::size_t) override { ++opened_; }
    void received(std::size_t, std::string_view) override {}
    void gone(std::size_t, std::string_view why) override {
        ++gone_;
        if (why.find("3502") != std::string_view::npos) ++stale_;
    }

    std::size_t opened_ = 0;
    std::size_t gone_ = 0;
    std::size_t stale_ = 0;
};

TEST_CASE("T9: five thousand upgraded connections without a connect command go, and their memory with them",
          "[floods]") {
    constexpr std::size_t kIdle = 5000;
    constexpr double kTimeout = 2.0;
    Broker broker(support::with_threads(1, {"client.connect_timeout=2s", "client.max_before_connect=20000"}));
    const pid_t pid = broker.process().pid();
    enter(broker);
    const std::size_t before = footprint_of(pid).resident;
    Counter counter;
    auto swarm = client::Swarm::create(*client::parse_url(broker.websocket_url()), counter);
    REQUIRE(swarm);
    swarm->open(kIdle);
    const auto give_up = Clock::now() + 60s;
    std::size_t held = 0;
    Clock::time_point all_open{};
    while (counter.gone_ < kIdle && Clock::now() < give_up) {
        swarm->turn(100ms);
        if (counter.opened_ < kIdle) all_open = Clock::now();
        held = std::max(held, footprint_of(pid).resident);
    }
    const double gone_after = seconds_since(all_open);
    CHECK(counter.opened_ == kIdle);
    CHECK(counter.stale_ == kIdle);
    CHECK(gone_after < kTimeout + 5.0);
    CHECK(comes_down_to(pid, before + before / 10 + 4 * kMiB));
    std::cout << kIdle << " idle: gone " << gone_after << " s after the last came; resident before "
              << before / 1024 << " KiB, with them " << held / 1024 << " KiB, after "
              << footprint_of(pid).resident / 1024 << " KiB\n";
}

TEST_CASE("T16: a hundred thousand channels leave nothing behind", "[floods]") {
    constexpr int kChannels = 100'000;
    Broker broker({"--set", "client.commands=1000000", "--set", "client.commands_burst=1000000", "--set",
                   "client.max_bytes_per_second=1GiB"});
    const pid_t pid = broker.process().pid();
    auto client = enter(broker);
    std::size_t before = 0;
    for (int i = 0; i < kChannels; ++i) {
        if (i == kChannels / 100) before = footprint_of(pid).resident;
        const std::string channel = "flood:" + std::to_string(i);
        const auto in = support::outcome_of(client.subscribe(channel));
        const auto out = support::outcome_of(client.unsubscribe(channel));
        if (in.code != 0 || out.code != 0) FAIL("channel " << i << ": " << in.message << out.message);
    }
    std::cout << "resident after a hundredth of them " << before / 1024 << " KiB, after all "
              << footprint_of(pid).resident / 1024 << " KiB\n";
    CHECK(comes_down_to(pid, before + before / 20 + kMiB));
}

}  // namespace
}  // namespace fairlead::abuse
