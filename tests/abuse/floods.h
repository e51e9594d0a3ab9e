// SPDX-License-Identifier: Apache-2.0
// Floods that are played for a short time in every check and for a long one in the long checks.
#pragma once

#include <atomic>
#include <iostream>
#include <thread>

#include "abuse/table.h"
#include "support/certificates.h"
#include "support/footprint.h"
#include "support/parties.h"
#include "support/raw.h"

namespace fairlead::abuse {

using client::Clock;
using support::Broker;
using support::enter;
using support::footprint_of;
using support::kMiB;
using support::kPatience;
using namespace std::chrono_literals;

inline double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Whether the process comes to hold no more than that, within the patience.
inline bool comes_down_to(pid_t pid, std::size_t bytes) {
    const auto give_up = Clock::now() + kPatience;
    while (footprint_of(pid).resident > bytes && Clock::now() < give_up)
        std::this_thread::sleep_for(10ms);
    return footprint_of(pid).resident <= bytes;
}

/// By how much the address space grew at most, or still is larger.
inline double space_grown(const support::Footprint& before, const support::Footprint& after) {
    const bool higher = after.peak_address_space > before.peak_address_space;
    return static_cast<double>(higher ? after.peak_address_space : after.address_space) -
           static_cast<double>(before.address_space);
}

/// An open WebSocket whose connect command was answered; it reads nothing by itself.
inline client::WebSocket connected(const Broker& broker, const client::WebSocketOptions& options = {}) {
    auto socket = client::WebSocket::open(broker.websocket_url(), options);
    REQUIRE(socket);
    REQUIRE(socket->send_text(R"({"connect":{},"id":1})"));
    REQUIRE(socket->receive(kPatience));
    return std::move(*socket);
}

/// Passes over all that comes before the close frame; 0 = none came.
inline std::uint16_t close_code_of(client::WebSocket& socket) {
    while (true) {
        const auto event = socket.receive(kPatience);
        if (!event) return 0;
        if (event->kind == client::Event::Kind::close) return event->close_code;
    }
}

/// T13: pings as fast as the broker takes them, from a peer that reads no pong and comes back whenever it is
/// cut.
inline void flood_with_pings(std::chrono::seconds time) {
    Broker broker;
    const pid_t pid = broker.process().pid();
    const std::string pings = repeated(4096, frame(kFinal, kPing, "ping"));
    const auto flood = [&](Clock::time_point until) {
        std::size_t sent = 0;
        int times = 0;
        for (; Clock::now() < until; ++times) {
            auto socket = connected(broker);
            while (Clock::now() < until && socket.send_raw(pings))
                sent += 4096;
        }
        return std::pair{sent, times};
    };
    flood(Clock::now() + 200ms);  // what the first of them all makes stays
    const std::size_t before = footprint_of(pid).resident;
    support::forget_peak(pid);
    const double cpu = support::cpu_seconds(pid);
    const auto [sent, times] = flood(Clock::now() + time);
    const double busy = (support::cpu_seconds(pid) - cpu) / static_cast<double>(time.count());
    const double grown = static_cast<double>(footprint_of(pid).peak_resident) - static_cast<double>(before);
    std::cout << "ping flood of " << time.count() << " s: " << sent << " pings by " << times
              << " connections, grown by " << grown / 1024 << " KiB, " << busy * 100 << " % of a core\n";
    CHECK(sent > 4096);
    CHECK(grown <= static_cast<double>(kMiB));
    CHECK(client::Client::connect(broker.websocket_url()));
}

/// T3: one thread shakes hands for TLS as fast as it can; a client's round trips go on.
inline void flood_with_handshakes(std::chrono::seconds time) {
    const support::Certificates certificates;
    Broker broker(support::with_threads(1, {"websocket.tls_certificate_file=" + certificates("server.pem"),
                                            "websocket.tls_key_file=" + certificates("server.key"),
                                            "client.commands=1000000", "client.commands_burst=1000000"}));
    client::TlsOptions tls;
    tls.ca_file = certificates("ca.pem");
    Service service{"shop", "1.0.0", support::behind(broker)};
    service.on("shop.echo", [](Request&, const Value& value) { return value; });
    support::join(service);
    client::ClientOptions options;
    options.websocket.tls = tls;
    auto client = enter(broker, options);

    std::atomic<bool> flooding{true};
    std::size_t handshakes = 0;
    std::thread flooder([&] {
        for (; flooding; ++handshakes)
            support::Raw(broker.websocket_url(), tls);
    });
    double longest = 0;
    std::size_t answered = 0;
    const auto begin = Clock::now();
    while (seconds_since(begin) < static_cast<double>(time.count())) {
        const auto asked = Clock::now();
        if (support::ask(client, "shop.echo", "7").data != "7") break;
        longest = std::max(longest, seconds_since(asked));
        ++answered;
    }
    const double took = seconds_since(begin);
    flooding = false;
    flooder.join();
    std::cout << "handshake flood: " << static_cast<double>(handshakes) / took << " handshakes a second, "
              << answered << " round trips, the longest " << longest * 1000 << " ms\n";
    CHECK(took >= static_cast<double>(time.count()));
    CHECK(handshakes > 10);
    CHECK(longest < 1.0);
}

}  // namespace fairlead::abuse
