// SPDX-License-Identifier: Apache-2.0
// SIGTERM: clients hear 3001, the process ends with 0 and soon.
#include <catch2/catch.hpp>

#include <csignal>
#include <iostream>
#include <iterator>
#include <random>

#include "support/parties.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST_CASE("on SIGTERM clients are closed with 3001 and the broker ends with 0", "[broker]") {
    const int threads = GENERATE(1, 3);
    Broker broker(with_threads(threads));
    Inbox<std::string> log;
    Service service{"shop", "1.0.0", behind(broker, &log)};
    std::optional<Responder> kept;
    Inbox<bool> began;
    service.on("shop.never", [&](Request& request) {
        kept = request.defer();
        began.put(true);
    });
    join(service);
    std::vector<client::Client> clients;
    for (int i = 0; i < 50; ++i)
        clients.push_back(enter(broker));
    begin_asking(clients.front(), "shop.never", "{}");
    REQUIRE(began.take());
    auto unconnected = client::WebSocket::open(broker.websocket_url());
    REQUIRE(unconnected);

    const auto told = Clock::now();
    broker.process().signal(SIGTERM);
    for (auto& client : clients) {
        const auto closed = client.wait_close(kPatience);
        REQUIRE(closed);
        CHECK(closed->close_code == 3001);
        CHECK_FALSE(closed->payload.empty());
    }
    CHECK(broker.process().wait_exit(kPatience) == 0);
    const auto took = Clock::now() - told;
    std::cout << "SIGTERM, " << threads << " edge threads: ended after "
              << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms\n";
    CHECK(took <= 6s);  // said is 3 s; machines that run other things get more
    CHECK(broker.process().wait_for_output("stopped", kPatience));
    kept.reset();
    CHECK(service.stop(kPatience));
}

// Fills a connection, so that no close frame gets through.
void clog(Service& service, const client::Client& client) {
    const std::string filling(64 * 1024, 'x');
    for (int i = 0; i < 400; ++i)
        (void)service.client(client.id()).push(filling).wait(kPatience);
}

TEST_CASE("a client that does not read holds up the end no longer than said", "[broker]") {
    const int threads = GENERATE(1, 3);
    Broker broker(with_threads(threads, {"client.max_queue=256 MiB"}));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    auto stuck = enter(broker);
    clog(service, stuck);
    const auto told = Clock::now();
    broker.process().signal(SIGTERM);
    CHECK(broker.process().wait_exit(kPatience) == 0);
    const auto took = Clock::now() - told;
    std::cout << "SIGTERM with a client that does not read, " << threads << " edge threads: ended after "
              << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms\n";
    CHECK(took <= 6s);
}

TEST_CASE("T49: a second SIGTERM ends the broker at once", "[broker]") {
    Broker broker(with_threads(GENERATE(1, 3), {"client.max_queue=256 MiB"}));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    auto stuck = enter(broker);
    clog(service, stuck);
    broker.process().signal(SIGTERM);
    REQUIRE(broker.process().wait_for_output("stopping", kPatience));
    broker.process().signal(SIGTERM);
    CHECK(broker.process().wait_exit(kPatience) == 0);
    CHECK(broker.process().wait_for_output("stopped at once", kPatience));
}

TEST_CASE("T49: a thousand signals under load fail no request", "[broker]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service service{"echo", "1.0.0", behind(broker)};
    service.on("echo.it", [](Request&, std::string text) { return text; });
    join(service);
    client::Client client = enter(broker);
    const int signals[] = {SIGHUP, SIGPIPE, SIGCHLD, SIGWINCH, SIGCONT, SIGURG};
    std::mt19937 random(49);
    for (int i = 0; i < 1000; ++i) {
        broker.process().signal(signals[random() % std::size(signals)]);
        if (i % 10 == 0) REQUIRE(ask(client, "echo.it", "\"x\"").data == "\"x\"");
    }
    CHECK(bool(client::Client::connect(broker.websocket_url(), {})));
    broker.process().signal(SIGTERM);
    CHECK(broker.process().wait_exit(kPatience) == 0);
}

}  // namespace
}  // namespace fairlead::support
