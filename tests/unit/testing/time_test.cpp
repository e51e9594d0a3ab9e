// SPDX-License-Identifier: Apache-2.0
#include <future>

#include "unit/testing/shop.h"

using namespace fairlead::testing;
using fairlead::Request;
using fairlead::Result;

namespace {

/// Answers when the test says so.
struct Slow {
    explicit Slow(Broker& at) : broker(at) {
        service
            .on("slow.answer",
                [this](Request& request) -> Result<int> {
                    seen.set_value(request.time_left());
                    go.get_future().wait();
                    return 7;
                })
            .timeout(2s);
        service.start();
        broker.wait_ready(service);
    }
    ~Slow() {
        try {
            go.set_value();
        } catch (const std::future_error&) {
        }
    }

    Broker& broker;
    std::promise<std::chrono::milliseconds> seen;
    std::promise<void> go;
    fairlead::Service service{"slow", "1.0.0", broker.options()};
};

}  // namespace

TEST_CASE("a deadline passes when the test lets time pass, and not before", "[testing]") {
    Broker broker;
    Slow slow(broker);
    Client user = broker.as("user-7");
    auto answer = user.begin_call<int>("slow.answer", nullptr);
    CHECK(slow.seen.get_future().get() == 2s);
    broker.advance(1990ms);
    CHECK_FALSE(answer.done());
    broker.advance(20ms);
    REQUIRE(answer.done());
    CHECK(answer.wait().error().code == 100);
    CHECK(answer.wait().error().temporary);
}

TEST_CASE("a service's own calls have the same clock", "[testing]") {
    Broker broker;
    Slow slow(broker);
    fairlead::Service asker{"asker", "1.0.0", broker.options()};
    asker.start();
    broker.wait_ready(asker);
    std::promise<Result<int>> outcome;
    asker.call_async<int>("slow.answer", nullptr, fairlead::CallOptions{}.timeout(1s),
                          [&](Result<int> result) { outcome.set_value(std::move(result)); });
    CHECK(slow.seen.get_future().get() == 1s);
    broker.advance(1100ms);
    CHECK(outcome.get_future().get().error().code == 1);
}

TEST_CASE("an hour passes and nobody is lost", "[testing]") {
    Shop shop;
    Client user = shop.broker.as("user-7");
    shop.broker.advance(std::chrono::hours(1));
    CHECK(user.call<Order>("orders.create", NewOrder{"tea", 2}).ok());
    CHECK(shop.service.stats().reconnects == 0);
    CHECK_FALSE(user.is_closed());
}

TEST_CASE("kept publications age", "[testing]") {
    Broker broker(
        "[client]\nanonymous = true\n[[namespace]]\nname = \"room\"\nsubscribe = [\"anyone\"]\n"
        "publish = [\"anyone\"]\nhistory_size = 10\nhistory_age = \"1m\"\n");
    fairlead::Service service{"reader", "1.0.0", broker.options()};
    service.start();
    broker.wait_ready(service);
    Client user = broker.as("user-7");
    REQUIRE(user.publish("room:a", 1).ok());
    broker.advance(50s);
    REQUIRE(user.publish("room:a", 2).ok());
    CHECK(service.channel("room:a").history()->publications.size() == 2);
    broker.advance(20s);
    CHECK(service.channel("room:a").history()->publications.size() == 1);
}

TEST_CASE("listeners have done their work when the broker has settled", "[testing]") {
    Broker broker;
    std::atomic<int> paid{0};
    fairlead::Service service{"bills", "1.0.0", broker.options()};
    service.listen("payments.*", [&](const fairlead::Event& event, int amount) {
        paid += amount;
        if (event.topic() == "payments.settled") service.emit("bills.closed", amount);
    });
    service.start();
    broker.wait_ready(service);
    for (int i = 0; i < 100; ++i)
        broker.emit("payments.settled", 2);
    broker.settle();
    CHECK(paid == 200);
    CHECK(broker.events("bills.closed").size() == 100);
    CHECK(broker.next_event("bills.closed").caller.service == "bills");
}

TEST_CASE("session events come after their grace", "[testing]") {
    Broker broker;
    std::atomic<int> offline{0};
    fairlead::Service service{"who", "1.0.0", broker.options()};
    service.on_user([&](const fairlead::UserEvent& event) {
        if (event.kind == fairlead::UserEvent::Kind::offline && event.user == "user-7") ++offline;
    });
    service.start();
    broker.wait_ready(service);
    Client user = broker.as("user-7");
    user.close();
    broker.advance(9s);
    broker.settle();
    CHECK(offline == 0);
    broker.advance(2s);
    broker.settle();
    CHECK(offline == 1);
}

TEST_CASE("a service stops cleanly though the clock stands", "[testing]") {
    Shop shop;
    CHECK(shop.service.stop(5s));
    Client user = shop.broker.as("user-7");
    CHECK(user.call("orders.create").error().code == 104);
}

TEST_CASE("a service stops at its deadline though the clock stands and a handler does not end", "[testing]") {
    Broker broker;
    Slow slow(broker);
    Client user = broker.as("user-7");
    auto answer = user.begin_call<int>("slow.answer", nullptr);
    slow.seen.get_future().wait();
    CHECK_FALSE(slow.service.stop(20ms));
    CHECK(answer.wait().error().code == 100);
}

TEST_CASE("the broker has not settled while a handler runs", "[testing]") {
    Broker broker;
    Slow slow(broker);
    Client user = broker.as("user-7");
    auto answer = user.begin_call<int>("slow.answer", nullptr);
    slow.seen.get_future().wait();
    broker.patience(20ms);
    CHECK_THROWS_WITH(broker.settle(), Catch::Contains("handlers of service slow"));
    broker.patience(10s);
    slow.go.set_value();
    broker.settle();
    CHECK(answer.wait().value() == 7);
}

TEST_CASE("a service outlives the broker", "[testing]") {
    auto broker = std::make_unique<Broker>();
    fairlead::Service service{"orders", "1.0.0", broker->options()};
    install(service);
    service.start();
    broker->wait_ready(service);
    Client user = broker->as("user-7");
    broker.reset();
    CHECK_THROWS_AS(user.call("orders.create"), Failure);
    CHECK(service.stop(5s));
}
