// SPDX-License-Identifier: Apache-2.0
// A broker with a configuration file: nothing is granted that the file does not grant.
#include <catch2/catch.hpp>

#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

constexpr const char* kStrict = R"(
[client]
anonymous = true
topics = ["orders.*"]

[[namespace]]
name = "news"
subscribe = ["anyone"]

[[namespace]]
name = "drop"
publish = ["anyone"]
)";

std::vector<std::string> strict(int threads, const TemporaryFile& file) {
    auto options = with_threads(threads);
    options.insert(options.end(), {"--config", file.path()});
    return options;
}

TEST_CASE("a topic that is not granted is denied, whether or not it exists", "[permissions]") {
    TemporaryFile file(kStrict);
    Broker broker(strict(GENERATE(1, 3), file));
    Inbox<int> reached;
    Service service{"shop", "1.0.0", behind(broker)};
    service.on("orders.create", [](Request&) { return 1; });
    service.on("admin.wipe", [&](Request&) { reached.put(1); });
    service.on("orders.admin.wipe", [&](Request&) { reached.put(1); });
    join(service);
    auto client = enter(broker);
    CHECK(ask(client, "orders.create", "{}").data == "1");
    CHECK(ask(client, "orders.absent", "{}").code == 104);
    const auto denied = ask(client, "admin.wipe", "{}");
    const auto absent = ask(client, "admin.absent", "{}");
    CHECK(denied.code == 103);
    CHECK(denied.message == absent.message);
    CHECK(absent.code == 103);
    CHECK(ask(client, "orders.admin.wipe", "{}").code == 103);
    CHECK(reached.size() == 0);
}

TEST_CASE("a namespace grants what it names and no more", "[permissions]") {
    TemporaryFile file(kStrict);
    Broker broker(strict(GENERATE(1, 3), file));
    Service service{"shop", "1.0.0", behind(broker)};
    join(service);
    auto client = enter(broker);
    CHECK(outcome_of(client.subscribe("news:today")).code == 0);
    CHECK(outcome_of(client.publish("news:today", "1")).code == 103);
    CHECK(outcome_of(client.subscribe("drop:box")).code == 103);
    CHECK(outcome_of(client.publish("drop:box", "1")).code == 0);
    CHECK(outcome_of(client.subscribe("other:x")).code == 102);
    CHECK(outcome_of(client.publish("other:x", "1")).code == 102);
    CHECK(outcome_of(client.subscribe("user:ada")).code == 103);
    CHECK(outcome_of(client.publish("user:ada", "1")).code == 103);
    CHECK(service.channel("news:today").publish(2).wait().value().reached == 1);
    CHECK(next(client).data == "2");
}

TEST_CASE("without a token only an anonymous broker lets in", "[permissions]") {
    Broker broker(with_threads(GENERATE(1, 3), {"client.anonymous=false"}));
    client::ClientOptions options;
    options.timeout = kPatience;
    const auto without = client::Client::connect(broker.websocket_url(), options);
    REQUIRE_FALSE(without);
    CHECK(without.error().fault == client::Fault::refused);
    CHECK_THAT(without.error().text, Catch::Contains("3507"));
    options.token = "not.a.token";
    const auto wrong = client::Client::connect(broker.websocket_url(), options);
    REQUIRE_FALSE(wrong);
    CHECK_THAT(wrong.error().text, Catch::Contains("3500"));
}

}  // namespace
}  // namespace fairlead::support
