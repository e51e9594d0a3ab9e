// SPDX-License-Identifier: Apache-2.0
// Handlers as coroutines: they wait for other services and for time, and no thread waits with them. C++20.
//
// This program plays `stock`, `prices` and `shop`; in earnest each is a program of its own. Run it beside a
// broker on its defaults, then ask:
//
//     build/release/bin/fairlead-broker &
//     build/release/bin/82_coroutines &
//     build/release/bin/fairlead call --json shop.offer '{"sku":"tea","qty":2}'
//     {"data":{"left":8,"cents":500}}
//     build/release/bin/fairlead call --json shop.offer '{"sku":"gold","qty":1}'
//     {"error":{"code":1404,"message":"gold has no price"}}
//     build/release/bin/fairlead call --json shop.wait '{"sku":"tea","qty":20}'
//     {"data":{"left":0}}
#include <fairlead/coroutine.h>
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

struct Price {
    int cents = 0;
    FAIRLEAD_FIELDS(cents)
};

struct Offer {
    int left = 0, cents = 0;
    FAIRLEAD_FIELDS(left, cents)
};

/// Stock that grows by 10 each time somebody looks and finds too little.
void play_others(fairlead::Service& others, std::atomic<int>& left) {
    others.on("stock.look", [&left](fairlead::Request&, Item item) {
        return Stock{left < item.qty ? left.exchange(left + 10) : left.load()};
    });
    others.on("prices.get", [](fairlead::Request&, Item item) -> fairlead::Result<Price> {
        if (item.sku != "tea") return fairlead::fail(1404, item.sku + " has no price");
        return Price{250 * item.qty};
    });
    others.start();
}

int main() {
    std::atomic<int> left{10};
    fairlead::Service others{"others", "1.0.0"};
    play_others(others, left);

    fairlead::Service shop{"shop", "1.0.0"};
    // Both calls are under way at once. Through `request` they have its deadline, its caller and its trace.
    shop.on("shop.offer",
            [&](fairlead::Request& request, Item item) -> fairlead::Task<fairlead::Result<Offer>> {
                auto [stock, price] =
                    co_await fairlead::gather(shop.async_call<Stock>("stock.look", item, request),
                                              shop.async_call<Price>("prices.get", item, request));
                if (!stock) co_return stock.error();
                if (!price) co_return price.error();
                co_return Offer{stock->left - item.qty, price->cents};
            });
    // Looks until there is enough, or nobody waits any more: a thousand of these cost no thread.
    shop.on("shop.wait",
            [&](fairlead::Request& request, Item item) -> fairlead::Task<fairlead::Result<Stock>> {
                while (!request.cancelled()) {
                    const auto stock = co_await shop.async_call<Stock>("stock.look", item, request);
                    if (!stock) co_return stock.error();
                    if (stock->left >= item.qty) co_return Stock{stock->left - item.qty};
                    co_await fairlead::sleep_for(shop, 10ms);
                }
                co_return fairlead::fail(1409, "sold out");
            })
        .window(1000);
    const int code = shop.run();
    others.stop(2s);
    return code;
}
