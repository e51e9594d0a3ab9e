// SPDX-License-Identifier: Apache-2.0
#include "unit/testing/shop.h"

using namespace fairlead::testing;
using fairlead::Value;

namespace {

constexpr const char* kStrict = R"(
[client]
anonymous = true
topics = ["orders.>"]

[hook]
connect = true

[[namespace]]
name = "shop"
subscribe = ["user"]

[[namespace]]
name = "room"
subscribe = ["anyone"]
publish = ["hook"]
)";

}  // namespace

TEST_CASE("a client's request is answered by the service", "[testing]") {
    Shop shop;
    Client user = shop.broker.as("user-7");
    const auto order = user.call<Order>("orders.create", NewOrder{"tea", 2});
    REQUIRE(order.ok());
    CHECK(order->user == "user-7");
    CHECK(order->qty == 2);

    const auto refused = user.call<Order>("orders.create", NewOrder{"tea", 0});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().text() == "1422: qty must be positive");
}

TEST_CASE("what a handler emits and publishes is there when it has answered", "[testing]") {
    Shop shop;
    Client user = shop.broker.as("user-7");
    REQUIRE(user.subscribe("shop:feed").ok());
    REQUIRE(user.call<Order>("orders.create", NewOrder{"tea", 2}).ok());

    const auto events = shop.broker.events("orders.created");
    REQUIRE(events.size() == 1);
    CHECK(events[0].caller.service == "orders");
    CHECK(events[0].to<Order>()->sku == "tea");
    CHECK(shop.broker.publications("shop:feed").size() == 1);
    CHECK(shop.broker.events("orders.lost").empty());

    const Publication seen = user.next_publication("shop:feed");
    CHECK(seen.json == R"({"user":"user-7","sku":"tea","qty":2})");
    CHECK(seen.to<Order>()->qty == 2);
    CHECK(seen.offset == 1);
    const Publication own = user.next_publication("user:user-7");
    CHECK(own.tags.at("name") == "my-orders");
    CHECK(user.publications().size() == 2);
}

TEST_CASE("a page's own JSON is asked and answered", "[testing]") {
    Shop shop;
    Client user = shop.broker.as("user-7");
    CHECK(*user.call_json("orders.create", R"({"sku": "tea"})") ==
          R"({"user":"user-7","sku":"tea","qty":1})");
    CHECK(user.call_json("orders.create", R"({"sku": 7})").error().code == 107);
    CHECK(user.call_json("orders.create", "{").error().code == 107);
    CHECK(user.call("orders.create", fairlead::Bytes{1, 2}).error().code == 107);
    CHECK(user.call("orders.unknown").error().code == 104);
}

TEST_CASE("the rules are those of the configuration", "[testing]") {
    Broker broker(kStrict);
    fairlead::Service service{"login", "1.0.0", broker.options()};
    install(service);
    service.on_connect(
        [](const fairlead::ConnectQuestion& question) -> fairlead::Result<fairlead::ConnectAnswer> {
            if (question.data["password"].as_string() != "tea") return fairlead::fail(1401, "wrong password");
            fairlead::ConnectAnswer answer;
            answer.user = std::string(question.data["name"].as_string());
            answer.channels = {"room:lobby"};
            return answer;
        });
    service.on_publish("room", [](const fairlead::PublishQuestion& question) {
        if (!question.data.is_string()) return fairlead::PublishAnswer::deny(1422, "texts only");
        fairlead::PublishAnswer answer;
        answer.data = Value::map({{"from", question.caller.user}, {"text", question.data}});
        return answer;
    });
    service.start();
    broker.wait_ready(service);

    Credentials login;
    login.data = Value::map({{"name", "ada"}, {"password", "gin"}});
    CHECK(broker.connect(login).error().text() == "1401: wrong password");
    login.data = Value::map({{"name", "ada"}, {"password", "tea"}});
    Client ada = broker.connect(login).value();

    CHECK(ada.is_subscribed("room:lobby"));
    CHECK(ada.publish("room:lobby", 7).error().code == 1422);
    REQUIRE(ada.publish("room:lobby", "hi").ok());
    const Publication said = ada.next_publication("room:lobby");
    CHECK(said.json == R"({"from":"ada","text":"hi"})");
    CHECK(said.user == "ada");
    CHECK(broker.publications("room:lobby").size() == 1);

    CHECK(ada.subscribe("shop:feed").ok());
    CHECK(ada.subscribe("elsewhere:feed").error().code == 102);
    CHECK(ada.call("prices.set").error().code == 103);
}

TEST_CASE("rules that cannot be are refused with all that is wrong", "[testing]") {
    CHECK_THROWS_WITH(Broker("[client]\nanonymus = true\n"), Catch::Contains("client.anonymus: unknown key"));
}

TEST_CASE("a client gets messages, is subscribed and closed by a service", "[testing]") {
    Shop shop;
    Client user = shop.broker.as("user-7");
    Client other = shop.broker.as("user-8");
    REQUIRE(shop.service.client(user.id()).push(Value::map({{"n", 1}})).wait().ok());
    CHECK(user.next_message()["n"].as_integer() == 1);
    CHECK(other.messages().empty());

    REQUIRE(shop.service.user("user-7").subscribe("room:a").wait().ok());
    CHECK(user.is_subscribed("room:a"));
    REQUIRE(shop.service.user("user-7").unsubscribe("room:a").wait().ok());
    CHECK_FALSE(user.is_subscribed("room:a"));

    REQUIRE(shop.service.user("user-7").disconnect(4500, "enough").wait().ok());
    const Closed closed = user.wait_closed();
    CHECK(closed.code == 4500);
    CHECK(closed.reason == "enough");
    CHECK_FALSE(other.is_closed());
    CHECK(user.call("orders.create").error().code == 4500);
}

TEST_CASE("what does not come is a failure that says what was waited for", "[testing]") {
    Shop shop;
    Client user = shop.broker.as("user-7");
    shop.broker.patience(20ms);  // for what never comes
    CHECK_THROWS_WITH(
        user.next_publication("shop:feed"),
        Catch::Contains("no publication came in shop:feed") && Catch::Contains("not subscribed"));
    CHECK_THROWS_WITH(shop.broker.next_event("orders.created"),
                      Catch::Contains("no event orders.created came"));
    shop.broker.patience(10s);
    fairlead::Service stranger{"stranger", "1.0.0", shop.broker.options()};
    CHECK_THROWS_WITH(shop.broker.cut(stranger), Catch::Contains("service stranger is not linked"));
    stranger.start();
    CHECK_NOTHROW(shop.broker.wait_ready(stranger));
}
