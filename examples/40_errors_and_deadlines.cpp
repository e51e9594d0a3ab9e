// SPDX-License-Identifier: Apache-2.0
// Everything that can go wrong with a request, and what its caller sees of it.
//
// Run it beside a broker on its defaults, then ask:
//
//     build/release/bin/fairlead-broker &
//     build/release/bin/40_errors_and_deadlines &
//     build/release/bin/fairlead call --json shop.buy '{"sku":"tea","qty":2}'
//     {"data":{"paid":500}}
//     build/release/bin/fairlead call --json shop.buy '{"sku":"tea","qty":0}'
//     {"error":{"code":1422,"message":"qty must be positive"}}
//     build/release/bin/fairlead call --json shop.buy '{"sku":"tea","qty":"two"}'
//     {"error":{"code":107,"message":"qty: expected integer, got string"}}
//     build/release/bin/fairlead call --json shop.buy '{"qty":2}'
//     {"error":{"code":107,"message":"sku: required, but absent"}}
//     build/release/bin/fairlead call --json shop.buy '{"sku":"gold","qty":1}'
//     {"error":{"code":103,"message":"gold is not for sale"}}
//     build/release/bin/fairlead call --json shop.break
//     {"error":{"code":100,"message":"internal server error"}}
//     build/release/bin/fairlead call --json --timeout 0.5 shop.slow
//     {"error":{"code":1,"message":"deadline passed"}}
//     build/release/bin/fairlead call --json shop.later
//     {"data":"later is now"}
//
// What shop.break threw stands in this program's log only. shop.slow prints `shop.slow: nobody waits any
// more`.
#include <fairlead/fairlead.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

using namespace std::chrono_literals;

struct Purchase {
    std::string sku;
    int qty = 1;
    FAIRLEAD_FIELDS(sku)
    FAIRLEAD_DEFAULTED(qty)
};

struct Receipt {
    int paid = 0;
    FAIRLEAD_FIELDS(paid)
};

fairlead::Result<Receipt> buy(fairlead::Request&, Purchase in) {
    // 1000-1999 are the application's own numbers; names and numbers of the table are common to all services.
    if (in.qty < 1) return fairlead::fail(1422, "qty must be positive");
    if (in.sku != "tea") return fairlead::fail("denied", in.sku + " is not for sale");
    return Receipt{250 * in.qty};
}

/// Work that takes its time looks now and then whether anybody waits for it.
void work_slowly(fairlead::Request& request) {
    while (!request.cancelled())
        std::this_thread::sleep_for(10ms);
    std::puts("shop.slow: nobody waits any more");
}

int main() {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    fairlead::Service service{"shop", "1.0.0"};

    service.on("shop.buy", buy);
    service.on("shop.break", [](fairlead::Request&) { throw std::runtime_error("the till is stuck"); });
    service.on("shop.slow", work_slowly).timeout(2s).window(4);
    service.on("shop.later", [](fairlead::Request& request) {
        // The handler thread is free at once; the answer comes from wherever the responder went.
        std::thread([responder = request.defer()]() mutable { responder.reply("later is now"); }).detach();
    });
    return service.run();
}
