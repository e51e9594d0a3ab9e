// SPDX-License-Identifier: Apache-2.0
// T3, T8, T10, T11, T13, T16: peers that ask for more than anybody may have.
#include <sys/resource.h>

#include <algorithm>

#include "abuse/floods.h"

namespace fairlead::abuse {
namespace {

TEST_CASE("T3: round trips go on during a flood of TLS handshakes", "[floods]") {
    flood_with_handshakes(1s);
}

TEST_CASE("T13: pings from a peer that does not read cost nothing", "[floods]") {
    flood_with_pings(2s);
}

TEST_CASE("T10: what a frame declares is not made room for", "[floods]") {
    constexpr std::size_t kPeers = 200;
    const auto declared =
        GENERATE(kMaxMessageBytes + 1, std::uint64_t{31} * kMiB, (std::uint64_t{1} << 63) - 1);
    CAPTURE(declared);
    Broker broker;
    const pid_t pid = broker.process().pid();
    std::vector<client::WebSocket> peers;
    while (peers.size() < kPeers)
        peers.push_back(connected(broker));
    const auto before = footprint_of(pid);
    FrameSpec spec;
    spec.declared_bytes = declared;
    const std::string begun = client::encode_frame(spec, "{");
    for (auto& peer : peers)
        REQUIRE(peer.send_raw(begun));
    CHECK(std::all_of(peers.begin(), peers.end(), [](auto& peer) { return close_code_of(peer) == kTooBig; }));
    const double grown = space_grown(before, footprint_of(pid)) / kPeers;
    std::cout << "declared " << declared << " bytes: address space grown by " << grown / 1024
              << " KiB a connection\n";
    CHECK(grown <= static_cast<double>(kMiB));
}

TEST_CASE("T10: what may be declared is made room for when it comes", "[floods]") {
    constexpr std::size_t kPeers = 200;
    Broker broker;
    const pid_t pid = broker.process().pid();
    std::vector<client::WebSocket> peers;
    while (peers.size() < kPeers)
        peers.push_back(connected(broker));
    const auto before = footprint_of(pid);
    FrameSpec spec;
    spec.declared_bytes = kMaxMessageBytes;
    for (auto& peer : peers)
        REQUIRE(peer.send_raw(client::encode_frame(spec, "{")));
    CHECK(client::Client::connect(broker.websocket_url()));  // behind them all
    const auto after = footprint_of(pid);
    std::cout << "declared " << kMaxMessageBytes << " bytes: resident grown by "
              << (static_cast<double>(after.resident) - static_cast<double>(before.resident)) / kPeers / 1024
              << " KiB a connection\n";
    CHECK(after.resident <= before.resident + kPeers * 16 * support::kKiB);
}

TEST_CASE("T11: endless empty fragments are cut at once", "[floods]") {
    Broker broker;
    auto peer = connected(broker);
    const std::string more = repeated(4096, frame(kMore, kContinuation, ""));
    const auto begin = Clock::now();
    std::uint16_t code = 0;
    REQUIRE(peer.send_raw(frame(kMore, kText, "")));
    while (code == 0 && seconds_since(begin) < 10) {
        REQUIRE(peer.send_raw(more));
        const auto event = peer.receive(0ms);
        if (event && event->kind == client::Event::Kind::close) code = event->close_code;
    }
    CHECK(code == kPolicy);
    CHECK(seconds_since(begin) < 1.0);
}

TEST_CASE("T11: a message that dribbles is cut when its time is over", "[floods]") {
    Broker broker({"--set", "client.message_timeout=500ms"});
    const auto dribble = [&](const std::vector<std::string>& pieces) {
        auto peer = connected(broker);
        const auto begin = Clock::now();
        std::uint16_t code = 0;
        for (std::size_t i = 0; code == 0 && i < pieces.size(); ++i) {
            if (!peer.send_raw(pieces[i])) break;
            const auto event = peer.receive(450ms);
            if (event && event->kind == client::Event::Kind::close) code = event->close_code;
        }
        CHECK(code == kPolicy);
        CHECK(seconds_since(begin) < 2.0);
    };
    SECTION("by fragments of one byte") {
        std::vector<std::string> pieces(30, frame(kMore, kContinuation, " "));
        pieces.front() = frame(kMore, kText, "{");
        dribble(pieces);
    }
    SECTION("by bytes of one frame") {
        std::vector<std::string> pieces;
        for (const char byte : text(kCommand))
            pieces.emplace_back(1, byte);
        dribble(pieces);
    }
}

TEST_CASE("T16: ten thousand subscriptions of one client end at the limit, and go with it", "[floods]") {
    constexpr int kAsked = 10'000;
    constexpr int kTaken = 128;
    Broker broker({"--set", "client.commands=1000000", "--set", "client.commands_burst=1000000"});
    const pid_t pid = broker.process().pid();
    enter(broker);
    const std::size_t before = footprint_of(pid).resident;
    auto client = std::make_unique<client::Client>(enter(broker));
    for (int i = 0; i < kAsked; ++i) {
        const auto outcome = support::outcome_of(client->subscribe("flood:" + std::to_string(i)));
        if (outcome.code == (i < kTaken ? 0 : 106)) continue;
        FAIL("subscription " << i << ": " << outcome.code << ' ' << outcome.message);
    }
    client.reset();
    const std::size_t bound = before + before / 20 + kMiB;
    CHECK(comes_down_to(pid, bound));
    std::cout << "resident before " << before / 1024 << " KiB, after " << footprint_of(pid).resident / 1024
              << " KiB\n";
}

/// What a broker does in a second in which peers wait that it has no descriptors for.
void check_calm(Broker& broker, client::Client& client) {
    constexpr auto kTime = 1s;
    const pid_t pid = broker.process().pid();
    const double cpu = support::cpu_seconds(pid);
    const std::size_t logged = broker.process().output().size();
    int asked = 0;
    for (const auto until = Clock::now() + kTime; Clock::now() < until; ++asked) {
        CHECK(support::ask(client, "shop.echo", "7").data == "7");
        (void)client.next_push(100ms);
    }
    const std::string log = broker.process().output().substr(logged);
    const auto lines = std::count(log.begin(), log.end(), '\n');
    const double busy = (support::cpu_seconds(pid) - cpu) / kTime.count();
    std::cout << "out of descriptors: " << busy * 100 << " % of a core, " << lines << " lines, " << asked
              << " round trips in " << kTime.count() << " s\n";
    CHECK(busy < 0.3);
    CHECK(lines < 10 * kTime.count());
}

std::vector<support::Raw> silent_peers(const Broker& broker, std::size_t count) {
    std::vector<support::Raw> peers;
    while (peers.size() < count)
        peers.emplace_back(broker.websocket_url());
    return peers;
}

TEST_CASE("T8: a broker out of descriptors stays calm, serves whom it has, and takes new ones afterwards",
          "[floods]") {
    Broker broker({"--set", "client.upgrade_timeout=30s"});
    Service service{"shop", "1.0.0", support::behind(broker)};
    service.on("shop.echo", [](Request&, const Value& value) { return value; });
    support::join(service);
    auto client = enter(broker);
    // It counts on more: this limit comes after its start.
    const pid_t pid = broker.process().pid();
    const rlim_t few = support::descriptors_of(pid) + 50;
    const rlimit limit{few, few};
    REQUIRE(::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr) == 0);

    auto peers = silent_peers(broker, 300);
    REQUIRE(broker.process().wait_for_output("cannot accept", kPatience));
    check_calm(broker, client);
    peers.clear();
    const auto begin = Clock::now();
    enter(broker);
    std::cout << "a new client is in after " << seconds_since(begin) << " s\n";
    CHECK(seconds_since(begin) < 5.0);
}

TEST_CASE(
    "T8: what clients may have leaves descriptors for services, and peers that wait leave room for clients",
    "[floods]") {
    constexpr std::size_t kDescriptors = 128;
    Broker broker({"--set", "client.upgrade_timeout=30s", "--set", "client.max_clients=100000"},
                  {"/usr/bin/prlimit", "--nofile=" + std::to_string(kDescriptors)});
    const pid_t pid = broker.process().pid();
    const std::size_t own = support::descriptors_of(pid);
    auto peers = silent_peers(broker, 300);
    auto client = enter(broker);
    CHECK(support::descriptors_of(pid) <= own + (kDescriptors - 64));
    Service service{"shop", "1.0.0", support::behind(broker)};
    service.on("shop.echo", [](Request&, const Value& value) { return value; });
    support::join(service);
    check_calm(broker, client);
    CHECK(broker.process().output().find("cannot accept") == std::string::npos);
}

}  // namespace
}  // namespace fairlead::abuse
