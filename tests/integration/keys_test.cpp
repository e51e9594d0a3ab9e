// SPDX-License-Identifier: Apache-2.0
// Services with keys behind a real broker: over CURVE all works as without, and who may not is told why.
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "client/child.h"
#include "support/keys.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

constexpr std::uint32_t kUnauthorized = 101;
constexpr std::uint32_t kDenied = 103;

std::string why_not(Service& service) {
    service.start();
    const auto ready = service.ready(kPatience);
    return ready ? std::string() : ready.error().message;
}

TEST_CASE("requests, calls, events, publications and pushes pass over keyed links", "[keys]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights) +
                   table_of("stock", keys.key("stock"), kAllRights));
    Broker broker(keys.options(GENERATE(1, 3)));

    Inbox<std::string> heard;
    Service stock{"stock", "1.0.0", keys.service(broker.backplane_address(), "stock")};
    stock.on("stock.reserve", [](Request&, std::string sku) { return sku + " reserved"; });
    stock.listen("orders.created", [&](const Event&, std::string id) { heard.put(id); });
    join(stock);

    Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    orders.on("orders.create", [&](Request& request, std::string sku) -> Result<std::string> {
        auto held = orders.call<std::string>("stock.reserve", sku, request);
        if (!held) return held.error();
        if (const auto sent = orders.emit("orders.created", sku).wait(); !sent) return sent.error();
        if (const auto sent = orders.channel("shop:feed").publish(sku).wait(); !sent) return sent.error();
        return *held;
    });
    join(orders);

    auto client = enter(broker);
    subscribe(client, "shop:feed");
    CHECK(ask(client, "orders.create", R"("tea")").data == R"("tea reserved")");
    CHECK(heard.take() == "tea");
    CHECK(next(client).data == R"("tea")");
    // A payload of the largest size, both ways.
    const std::string large(60'000, 'x');
    CHECK(ask(client, "stock.reserve", "\"" + large + "\"").data == "\"" + large + " reserved\"");
}

TEST_CASE("a service whose key the broker does not know is told so and ends", "[keys]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights));
    Broker broker(keys.options());
    Service thief{"orders", "1.0.0", keys.service(broker.backplane_address(), "thief")};
    thief.start();
    const auto ready = thief.ready(kPatience);
    REQUIRE_FALSE(ready);
    CHECK(ready.error().code == kUnauthorized);
    CHECK_THAT(ready.error().message, Catch::Contains(keys.key("thief")));
    CHECK(broker.process().wait_for_output("no service has its key", kPatience));
}

TEST_CASE("a refused name or topic is named", "[keys]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), "topics = [\"orders.*\"]"));
    Broker broker(keys.options());
    Service other{"stock", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    CHECK_THAT(why_not(other), Catch::Contains("this key belongs to service `orders`, not to `stock`"));
    Service greedy{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    greedy.on(">", [](Request&) {});
    CHECK_THAT(why_not(greedy), Catch::Contains("may not handle `>`"));
    Service right{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    right.on("orders.create", [](Request&) { return 1; });
    join(right);
    const auto denied = right.channel("shop:feed").publish(1).wait();
    REQUIRE_FALSE(denied);
    CHECK(denied.error().code == kDenied);
}

TEST_CASE("who has the wrong key of the broker, or none, is told what may be wrong", "[keys]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights));
    Broker broker(keys.options());
    Inbox<std::string> log;
    const bool none = GENERATE(true, false);
    ServiceOptions options = keys.service(broker.backplane_address(), "orders", "another broker", &log);
    if (none) options.server_keys.clear(), options.key_file.clear();
    Service service{"orders", "1.0.0", options};
    service.start();
    const char* why = none ? "want" : "is its public key another one";
    for (bool said = false; !said;) {
        const auto line = log.take();
        REQUIRE(line);
        said = line->find(why) != std::string::npos;
    }
    CHECK_FALSE(service.ready(std::chrono::milliseconds(1)));
}

TEST_CASE("a service that knows two keys of the broker finds the right one", "[keys]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights));
    Broker broker(keys.options());
    ServiceOptions options = keys.service(broker.backplane_address(), "orders", "another broker");
    options.server_keys.push_back(keys.key("broker"));
    Service service{"orders", "1.0.0", options};
    join(service);
}

TEST_CASE("fairlead call joins with a key", "[keys]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights) +
                   table_of("me", keys.key("me"), "calls = [\">\"]"));
    Broker broker(keys.options());
    Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    orders.on("orders.count", [](Request&) { return 7; });
    join(orders);
    const std::vector<std::string> command{program("fairlead"),
                                           "call",
                                           "orders.count",
                                           "--broker",
                                           broker.backplane_address(),
                                           "--name",
                                           "me",
                                           "--key-file",
                                           keys.path("me"),
                                           "--server-key",
                                           keys.key("broker")};
    auto call = client::Child::start(command);
    REQUIRE(call);
    CHECK((*call)->wait_exit(kPatience) == 0);
    CHECK((*call)->wait_for_output("7\n", kPatience));
}

}  // namespace
}  // namespace fairlead::support
