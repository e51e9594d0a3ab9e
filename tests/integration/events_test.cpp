// SPDX-License-Identifier: Apache-2.0
// Events: of clients (`send`) and of services (`emit`), one copy to each group.
#include <catch2/catch.hpp>

#include <map>

#include "support/parties.h"

namespace fairlead::support {
namespace {

constexpr int kEvents = 500;

struct Said {
    std::string client;
    std::string service;
    std::string topic;
    Value data;
};

Said said(const Event& event, const Value& data) {
    return {event.caller().client, event.caller().service, std::string(event.topic()), data};
}

TEST_CASE("what a client sends becomes an event of that client", "[events]") {
    Broker broker(with_threads(GENERATE(1, 3), {"client.send_topic=client.said"}));
    Inbox<Said> heard;
    Service service{"ears", "1.0.0", behind(broker)};
    service.listen("client.*", [&](const Event& event, const Value& data) { heard.put(said(event, data)); });
    join(service);
    auto client = enter(broker);
    auto other = enter(broker);

    REQUIRE(client.send(R"({"typing":true})"));
    auto event = heard.take();
    REQUIRE(event);
    CHECK(event->client == client.id());
    CHECK(event->topic == "client.said");
    CHECK(event->data == Value::map({{"typing", true}}));
    REQUIRE(other.send("2"));
    event = heard.take();
    REQUIRE(event);
    CHECK(event->client == other.id());
}

TEST_CASE("send without a topic that takes it closes with 3508", "[events]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    auto client = enter(broker);
    REQUIRE(client.send("1"));
    const auto closed = client.wait_close(kPatience);
    REQUIRE(closed);
    CHECK(closed->close_code == 3508);
    CHECK_FALSE(closed->payload.empty());
}

TEST_CASE("a send that nobody listens to is lost, and the client stays", "[events]") {
    Broker broker(with_threads(GENERATE(1, 3), {"client.send_topic=client.said"}));
    auto client = enter(broker);
    REQUIRE(client.send("1"));
    CHECK(ask(client, "nobody.here", "{}").code == 104);
}

TEST_CASE("an event goes once to each group, whichever instance takes it", "[events]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Inbox<int> workers;
    Inbox<int> audit;
    Inbox<int> deaf;
    Service one{"workers", "1.0.0", behind(broker)};
    Service two{"workers", "1.0.0", behind(broker)};
    Service auditor{"audit", "1.0.0", behind(broker)};
    for (auto* service : {&one, &two}) {
        service->listen("orders.>", [&](const Event&, int number) { workers.put(number); });
        service->listen("payments.>", [&](const Event&, int number) { deaf.put(number); });
    }
    auditor.listen("orders.created", [&](const Event&, int number) { audit.put(number); });
    for (auto* service : {&one, &two, &auditor})
        join(*service);
    Service emitter{"orders", "1.0.0", behind(broker)};
    join(emitter);

    for (int i = 0; i < kEvents; ++i) {
        const auto emitted = emitter.emit("orders.created", i).wait();
        REQUIRE(emitted);
        CHECK(emitted->reached + emitted->queued == 2);
        CHECK(emitted->dropped == 0);
    }
    CHECK(emitter.emit("orders.shipped", kEvents).wait().value().reached == 1);
    CHECK(emitter.emit("nobody.listens", 0).wait().value().reached == 0);

    const auto copies_of = [](Inbox<int>& inbox, int count) {
        std::map<int, int> copies;
        for (int i = 0; i < count; ++i) {
            if (const auto number = inbox.take()) ++copies[*number];
        }
        return copies;
    };
    std::map<int, int> once;
    for (int i = 0; i < kEvents; ++i)
        once[i] = 1;
    CHECK(copies_of(audit, kEvents) == once);
    once[kEvents] = 1;
    CHECK(copies_of(workers, kEvents + 1) == once);
    for (auto* service : {&one, &two, &auditor})
        CHECK(service->stop(kPatience));
    CHECK(workers.size() == 0);
    CHECK(audit.size() == 0);
    CHECK(deaf.size() == 0);
}

TEST_CASE("two groups of one service get a copy each, with its headers", "[events]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Inbox<std::string> heard;
    Service listener{"listener", "1.0.0", behind(broker)};
    const auto note = [&](const Event& event) {
        heard.put(std::string(event.group()) + " of " + event.caller().service + " " +
                  std::string(event.header("tenant")));
    };
    listener.listen("orders.created", note).group("mails");
    listener.listen("orders.*", note).group("invoices");
    join(listener);
    Service emitter{"orders", "1.0.0", behind(broker)};
    join(emitter);
    CHECK(emitter.emit("orders.created", 1, EmitOptions{}.header("tenant", "7")).wait().value().reached == 2);
    std::map<std::string, int> copies;
    for (int i = 0; i < 2; ++i)
        ++copies[heard.take().value_or("nothing")];
    CHECK(copies == std::map<std::string, int>{{"mails of orders 7", 1}, {"invoices of orders 7", 1}});
}

}  // namespace
}  // namespace fairlead::support
