// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fairlead/fairlead.h>
#include <fairlead/testing.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

/// A service under test, as a user of the SDK would have one.
namespace fairlead::testing {

using namespace std::chrono_literals;

struct NewOrder {
    std::string sku;
    int qty = 1;
    FAIRLEAD_FIELDS(sku)
    FAIRLEAD_DEFAULTED(qty)
};
struct Order {
    std::string user, sku;
    int qty = 0;
    FAIRLEAD_FIELDS(user, sku, qty)
};

inline void install(Service& service) {
    service.on("orders.create", [&service](Request& request, NewOrder in) -> Result<Order> {
        if (in.qty < 1) return fail(1422, "qty must be positive");
        Order order{request.caller().user, in.sku, in.qty};
        service.emit("orders.created", order);
        service.channel("shop:feed").publish(order);
        if (!order.user.empty()) service.user(order.user).publish("my-orders", order);
        return order;
    });
}

/// The broker, and the service behind it.
struct Shop {
    Shop() { open(); }
    explicit Shop(std::string_view rules) : broker(rules) { open(); }

    void open() {
        install(service);
        service.start();
        broker.wait_ready(service);
    }

    Broker broker;
    Service service{"orders", "1.0.0", broker.options()};
};

}  // namespace fairlead::testing
