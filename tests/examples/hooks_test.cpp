// SPDX-License-Identifier: Apache-2.0
#include <fairlead/testing.h>

#include <catch2/catch.hpp>

#include "60_hooks.cpp"  // its main() has another name here

using fairlead::Value;
using fairlead::testing::Broker;
using fairlead::testing::Client;
using fairlead::testing::Credentials;

namespace {

constexpr const char* kRules = R"(
[hook]
connect = true

[[namespace]]
name = "room"
subscribe = ["anyone"]
publish = ["hook"]
)";

Credentials with_password(const char* password) {
    Credentials login;
    login.data = Value::map({{"name", "ada"}, {"password", password}});
    return login;
}

}  // namespace

TEST_CASE("the login lets in who knows the password", "[examples]") {
    Broker broker(kRules);
    fairlead::Service service{"login", "1.0.0", broker.options()};
    install(service);
    service.start();
    broker.wait_ready(service);

    CHECK(broker.connect(with_password("gin")).error().text() == "1401: wrong name or password");
    CHECK(broker.connect(Credentials{}).error().code == 1401);

    Client ada = broker.connect(with_password("tea")).value();
    CHECK(ada.is_subscribed("room:lobby"));
    CHECK(ada.publish("room:lobby", 7).error().text() == "1422: texts only");
    REQUIRE(ada.publish("room:lobby", "hi").ok());
    CHECK(ada.next_publication("room:lobby").json == R"({"from":"ada","text":"hi"})");
}

TEST_CASE("nobody comes in while the login is down", "[examples]") {
    Broker broker(kRules);
    const auto refused = broker.connect(with_password("tea"));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().temporary);
}
