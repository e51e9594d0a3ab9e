// SPDX-License-Identifier: Apache-2.0
#include <fairlead/testing.h>

#include <catch2/catch.hpp>

#include "30_publish.cpp"  // its main() has another name here

using fairlead::testing::Broker;
using fairlead::testing::Client;

TEST_CASE("a price reaches who is subscribed, all devices of the user, and the one that asked",
          "[examples]") {
    Broker broker;
    fairlead::Service service{"prices", "1.0.0", broker.options()};
    install(service);
    service.start();
    broker.wait_ready(service);

    Client page = broker.as("user-7");
    Client phone = broker.as("user-7");
    Client other = broker.as("user-8");
    REQUIRE(other.subscribe("shop:feed").ok());
    CHECK(page.call<Told>("prices.set", Price{"tea", 250})->reached == 1);

    const auto seen = other.next_publication("shop:feed");
    CHECK(seen.json == R"({"sku":"tea","price":250})");
    CHECK(seen.tags.at("kind") == "price");
    CHECK(phone.next_publication("user:user-7").tags.at("name") == "my-prices");
    CHECK(page.next_message().as_string() == "price of tea is set");
    CHECK(phone.messages().empty());
}
