// SPDX-License-Identifier: Apache-2.0
// Events between services: one emits, each interested group of services gets a copy.
//
// `orders` emits `orders.created` for each order; this program also plays the two services that listen:
// `mail` and `stock`. In earnest each is a program of its own, and of several instances of one service one
// gets the event.
//
// Run it beside a broker on its defaults, then place an order:
//
//     build/release/bin/fairlead-broker &
//     build/release/bin/20_events &
//     build/release/bin/fairlead call orders.create '{"sku":"tea","qty":2}'
//
// The answer: {"groups":2}
// This program prints, in either order:
//
//     mail: thank you for 2 tea
//     stock: 2 tea less
#include <fairlead/fairlead.h>

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

struct Order {
    std::string sku;
    int qty = 1;
    FAIRLEAD_FIELDS(sku)
    FAIRLEAD_DEFAULTED(qty)
};

struct Created {
    unsigned groups = 0;
    FAIRLEAD_FIELDS(groups)
};

int main() {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);

    fairlead::Service mail{"mail", "1.0.0"};
    mail.listen("orders.created", [](const fairlead::Event&, Order order) {
        std::printf("mail: thank you for %d %s\n", order.qty, order.sku.c_str());
    });
    fairlead::Service stock{"stock", "1.0.0"};
    stock.listen("orders.*", [](const fairlead::Event&, Order order) {
        std::printf("stock: %d %s less\n", order.qty, order.sku.c_str());
    });
    mail.start();
    stock.start();

    fairlead::Service orders{"orders", "1.0.0"};
    orders.on("orders.create", [&](fairlead::Request&, Order order) -> fairlead::Result<Created> {
        // emit() returns at once; wait() is for who wants to know what became of the event.
        fairlead::Result<fairlead::Emitted> emitted = orders.emit("orders.created", order).wait();
        if (!emitted) return emitted.error();
        return Created{emitted->reached + emitted->queued};
    });
    int code = orders.run();
    mail.stop(2s);
    stock.stop(2s);
    return code;
}
