// SPDX-License-Identifier: Apache-2.0
// A service that asks another one, blocking and not.
//
// This program plays both, `stock` and `cart`; in earnest each is a program of its own. Run it beside a
// broker on its defaults, then ask:
//
//     build/release/bin/fairlead-broker &
//     build/release/bin/50_call_another_service &
//     build/release/bin/fairlead call --json cart.add '{"sku":"tea","qty":2}'
//     {"data":{"left":8}}
//     build/release/bin/fairlead call --json cart.add '{"sku":"tea","qty":20}'
//     {"error":{"code":1409,"message":"only 8 left"}}
//     build/release/bin/fairlead call --json cart.look '{"sku":"tea","qty":1}'
//     {"data":{"left":8}}
#include <fairlead/fairlead.h>

#include <atomic>
#include <chrono>
#include <string>

using namespace std::chrono_literals;

struct Item {
    std::string sku;
    int qty = 1;
    FAIRLEAD_FIELDS(sku, qty)
};

struct Stock {
    int left = 0;
    FAIRLEAD_FIELDS(left)
};

int main() {
    std::atomic<int> tea{10};
    fairlead::Service stock{"stock", "1.0.0"};
    stock.on("stock.take", [&](fairlead::Request&, Item item) -> fairlead::Result<Stock> {
        int left = tea;
        do {
            if (left < item.qty) return fairlead::fail(1409, "only " + std::to_string(left) + " left");
        } while (!tea.compare_exchange_weak(left, left - item.qty));
        return Stock{left - item.qty};
    });
    stock.on("stock.look", [&](fairlead::Request&) { return Stock{tea}; });
    stock.start();

    fairlead::Service cart{"cart", "1.0.0"};
    // Through `request` the call has what is left of its deadline, its caller and its trace. It blocks this
    // handler's thread, no more: other requests go on.
    cart.on("cart.add", [&](fairlead::Request& request, Item item) {
        return cart.call<Stock>("stock.take", item, request);
    });
    // The same without a thread that waits: the responder goes into the callback and answers from there.
    cart.on("cart.look", [&](fairlead::Request& request, Item item) {
        cart.call_async<Stock>("stock.look", item, request,
                               [responder = request.defer()](fairlead::Result<Stock> found) mutable {
                                   responder.finish(found);
                               });
    });
    int code = cart.run();
    stock.stop(2s);
    return code;
}
