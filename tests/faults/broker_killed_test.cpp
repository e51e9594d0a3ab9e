// SPDX-License-Identifier: Apache-2.0
// F6: the broker dies and comes back on the same ports. Services come back by themselves; clients connect
// again, as every SDK does.
#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <thread>

#include "support/victim.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> at_ports_of(const Broker& broker, int threads) {
    return with_threads(threads, {"websocket.listen=127.0.0.1:" + port_of(broker.websocket_url()),
                                  "backplane.listen=tcp://127.0.0.1:" + port_of(broker.backplane_address())});
}

void kill(Broker& broker) {
    broker.process().signal(SIGKILL);
    REQUIRE(broker.process().wait_exit(kPatience) == 128 + SIGKILL);
}

// Publishes without a pause, through everything. Each publication has an outcome.
class Publisher {
public:
    explicit Publisher(Service& service) : thread_([this, &service] { run(service); }) {}
    ~Publisher() { stop(); }

    void stop() {
        going_ = false;
        if (thread_.joinable()) thread_.join();
    }
    int accepted() const { return accepted_; }
    int refused() const { return refused_; }
    int without_outcome() const { return without_outcome_; }

private:
    void run(Service& service) {
        for (int i = 0; going_; ++i) {
            auto sent = service.channel("news:now").publish(i);
            const auto outcome = sent.wait(kPatience);
            if (outcome) {
                ++accepted_;
            } else {
                ++(outcome.error().code == 1 ? without_outcome_ : refused_);
            }
        }
    }

    std::atomic<bool> going_{true};
    std::atomic<int> accepted_{0};
    std::atomic<int> refused_{0};
    std::atomic<int> without_outcome_{0};
    std::thread thread_;
};

bool hears_news(client::Client& client) {
    return next(client).channel == "news:now" && next(client).channel == "news:now";
}

TEST_CASE("kill -9 and restart of the broker: all are back by themselves and traffic flows", "[broker]") {
    const int threads = GENERATE(1, 3);
    auto broker = std::make_unique<Broker>(with_threads(threads));
    const auto options = at_ports_of(*broker, threads);
    auto victim = start_victim(*broker);
    Service service{"news", "1.0.0", behind(*broker)};
    service.on("news.ask", [](Request&, const Value& value) { return value; });
    Inbox<int> events;
    service.listen("news.happened", [&](const Event&, int number) { events.put(number); });
    join(service);
    Publisher publisher(service);

    for (int round = 0; round < 3; ++round) {
        CAPTURE(round);
        auto client = enter(*broker);
        subscribe(client, "news:now");
        CHECK(hears_news(client));
        const auto held = begin_asking(client, "victim.never", "{}");
        CHECK(ask(client, "victim.echo", "1").data == "1");
        Inbox<Error> ended;
        service.call_async(
            "victim.never", round, CallOptions{}.timeout(120s),
            [&](const Result<Value>& outcome) { ended.put(outcome.ok() ? Error{} : outcome.error()); });
        CHECK(service.call<int>("victim.echo", round).value() == round);

        kill(*broker);
        CHECK(hear(client, held).code == -1);  // the connection ended, and says so
        broker.reset();
        broker = std::make_unique<Broker>(options);

        client = enter(*broker);
        CHECK(client.id().size() > 10);
        subscribe(client, "news:now");
        CHECK(hears_news(client));  // the service here is back
        CHECK(echoes(client));      // and so is the other process
        CHECK(ask(client, "news.ask", "2").data == "2");
        CHECK(service.emit("news.happened", round).wait().value().reached == 1);
        CHECK(events.take() == round);
        const auto outcome = ended.take();  // what was asked of the dead broker
        REQUIRE(outcome);
        CHECK((outcome->code == 2 || outcome->code == 100));
    }
    publisher.stop();
    CHECK(publisher.without_outcome() == 0);
    CHECK(publisher.accepted() > 0);
    CHECK(service.stats().reconnects >= 3);
}

TEST_CASE("a service that starts before the broker waits for it", "[broker]") {
    const int threads = GENERATE(1, 3);
    auto broker = std::make_unique<Broker>(with_threads(threads));
    const auto options = at_ports_of(*broker, threads);
    Service service{"early", "1.0.0", behind(*broker)};
    service.on("early.ask", [](Request&) { return 1; });
    kill(*broker);
    broker.reset();

    service.start();
    CHECK(service.ready(100ms).error().code == 1);
    auto pending = service.channel("news:now").publish(1);
    broker = std::make_unique<Broker>(options);
    CHECK(service.ready(kPatience));
    CHECK(pending.wait());
    auto client = enter(*broker);
    CHECK(ask(client, "early.ask", "{}").data == "1");
}

TEST_CASE("a service ends cleanly while the broker is away", "[broker]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    auto victim = start_victim(broker);
    Service service{"news", "1.0.0", behind(broker)};
    join(service);
    kill(broker);
    CHECK(service.stop(kPatience));
    victim->signal(SIGTERM);
    CHECK(victim->wait_exit(kPatience) == 0);
}

}  // namespace
}  // namespace fairlead::support
