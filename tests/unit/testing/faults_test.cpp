// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <future>

#include "unit/testing/shop.h"

using namespace fairlead::testing;
using fairlead::Request;
using fairlead::Result;

TEST_CASE("a service that lost its connection comes back", "[testing]") {
    Shop shop;
    Client user = shop.broker.as("user-7");
    shop.broker.cut(shop.service);
    shop.broker.advance(4s);
    CHECK(user.call("orders.create").error().code == 104);

    shop.broker.restore(shop.service);
    shop.broker.advance(5s);
    shop.broker.wait_ready(shop.service);
    CHECK(user.call<Order>("orders.create", NewOrder{"tea", 2}).ok());
    CHECK(shop.service.stats().reconnects == 1);
}

TEST_CASE("a request that runs outlives a short loss of the connection", "[testing]") {
    Broker broker;
    std::promise<void> begun, go;
    fairlead::Service service{"slow", "1.0.0", broker.options()};
    service.on("slow.answer", [&](Request&) -> Result<int> {
        begun.set_value();
        go.get_future().wait();
        return 7;
    });
    service.start();
    broker.wait_ready(service);
    Client user = broker.as("user-7");
    auto answer = user.begin_call<int>("slow.answer", nullptr);
    begun.get_future().wait();
    broker.cut(service);
    broker.restore(service);
    broker.advance(200ms);
    broker.wait_ready(service);
    go.set_value();
    CHECK(answer.wait().value() == 7);
}

TEST_CASE("a killed instance's request fails with an unknown outcome, and another takes over", "[testing]") {
    Broker broker;
    std::promise<void> begun, go;
    std::atomic<int> answered{0};
    const auto install_into = [&](fairlead::Service& service, bool first) {
        service.on("slow.answer", [&, first](Request&) -> Result<int> {
            if (first) {
                begun.set_value();
                go.get_future().wait();
            }
            return ++answered;
        });
        service.start();
        broker.wait_ready(service);
    };
    fairlead::Service first{"slow", "1.0.0", broker.options()};
    install_into(first, true);
    Client user = broker.as("user-7");
    auto lost = user.begin_call<int>("slow.answer", nullptr);
    begun.get_future().wait();
    fairlead::Service second{"slow", "1.0.0", broker.options()};
    install_into(second, false);

    broker.kill(first);
    broker.advance(300ms);
    REQUIRE(lost.done());
    CHECK(lost.wait().error().code == 100);
    CHECK(lost.wait().error().message.find("outcome unknown") == 0);
    CHECK(user.call<int>("slow.answer").value() == 1);
    go.set_value();
    broker.settle();
    CHECK(answered == 2);  // the one that was killed did its work, and nobody heard of it
}

TEST_CASE("a late reply is nobody's", "[testing]") {
    Shop shop;
    Client user = shop.broker.as("user-7");
    shop.broker.delay_replies(shop.service);
    auto answer = user.begin_call<Order>("orders.create", NewOrder{"tea", 2});
    shop.broker.next_event("orders.created");  // the handler has run
    shop.broker.settle();
    CHECK_FALSE(answer.done());
    shop.broker.advance(4100ms);
    REQUIRE(answer.done());
    CHECK(answer.wait().error().code == 100);
    shop.broker.release_replies(shop.service);
    CHECK(user.call<Order>("orders.create", NewOrder{"gin", 1})->sku == "gin");
}

TEST_CASE("a reply that comes twice counts once", "[testing]") {
    Broker broker;
    fairlead::Service service{"plain", "1.0.0", broker.options()};
    std::atomic<int> calls{0};
    service.on("plain.answer", [&](Request&) -> Result<int> { return ++calls; });
    service.start();
    broker.wait_ready(service);
    Client user = broker.as("user-7");
    broker.duplicate_next_frame(service);
    CHECK(user.call<int>("plain.answer").value() == 1);
    CHECK(user.call<int>("plain.answer").value() == 2);

    broker.duplicate_next_frame(service);
    REQUIRE(service.emit("plain.happened", 1).wait().ok());
    CHECK(broker.events("plain.happened").size() ==
          2);  // events have no number: at most once is the sender's to keep
}

namespace {

std::string rules(const std::string& more) {
    return "[client]\nanonymous = true\nmax_message = \"1KiB\"\nmax_queue = \"4KiB\"\n[token]\nmax_bytes = "
           "\"512B\"\n"
           "[[namespace]]\nname = \"feed\"\nsubscribe = [\"anyone\"]\n" +
           more;
}

struct Feed {
    explicit Feed(const std::string& more) : broker(rules(more)) {
        service.start();
        broker.wait_ready(service);
        REQUIRE(user.subscribe("feed:a").ok());
    }
    void publish(int count, const char* key = "") {
        for (int i = 0; i < count; ++i) {
            auto options = fairlead::PublishOptions{}.key(key);
            REQUIRE(service.channel("feed:a").publish(++last, options).wait().ok());
        }
    }
    std::vector<std::int64_t> seen() const {
        std::vector<std::int64_t> numbers;
        for (const Publication& each : user.publications("feed:a"))
            numbers.push_back(each.data.as_integer());
        return numbers;
    }

    Broker broker;
    fairlead::Service service{"feeder", "1.0.0", broker.options()};
    Client user = broker.as("user-7");
    int last = 0;
};

}  // namespace

TEST_CASE("a client that does not read is closed where the namespace says so", "[testing]") {
    Feed feed("slow_reader = \"disconnect\"\n");
    feed.user.stop_reading();
    feed.publish(10);
    CHECK_FALSE(feed.user.is_closed());
    feed.publish(40);
    CHECK(feed.user.wait_closed().code == 3008);
    CHECK(feed.seen().empty());
}

TEST_CASE("or loses what is old, or what is new, or has the newest", "[testing]") {
    SECTION("drop_oldest") {
        Feed feed("slow_reader = \"drop_oldest\"\n");
        feed.user.stop_reading();
        feed.publish(100);
        feed.user.read_again();
        CHECK(feed.seen().front() > 1);
        CHECK(feed.seen().back() == 100);
    }
    SECTION("drop_newest") {
        Feed feed("slow_reader = \"drop_newest\"\n");
        feed.user.stop_reading();
        feed.publish(100);
        feed.user.read_again();
        CHECK(feed.seen().front() == 1);
        CHECK(feed.seen().back() < 100);
    }
    SECTION("conflate") {
        Feed feed("slow_reader = \"conflate\"\n");
        feed.user.stop_reading();
        feed.publish(100, "a");
        feed.publish(1, "b");
        feed.user.read_again();
        CHECK(feed.seen() == std::vector<std::int64_t>{100, 101});
    }
    SECTION("and recovers all where the channel keeps it") {
        Feed feed("slow_reader = \"drop_oldest\"\nhistory_size = 200\nhistory_age = \"1m\"\n");
        feed.user.stop_reading();
        feed.publish(100);
        feed.user.read_again();
        feed.broker.settle();
        const auto seen = feed.seen();
        REQUIRE(seen.size() == 100);
        CHECK(seen.front() == 1);
        CHECK(seen.back() == 100);
    }
}
