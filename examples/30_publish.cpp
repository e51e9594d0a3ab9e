// SPDX-License-Identifier: Apache-2.0
// From a service to clients: into a channel, to all devices of a user, to the one client that asked.
//
// Run it beside a broker on its defaults. Subscribe in one terminal:
//
//     build/release/bin/fairlead-broker &
//     build/release/bin/30_publish &
//     build/release/bin/fairlead sub shop:feed
//
// and tell a price in another:
//
//     build/release/bin/fairlead call prices.set '{"sku":"tea","price":250}'
//
// The answer says how many subscribers it reached: {"reached":1}
// The subscriber prints, with the publication's offset: shop:feed #1 {"sku":"tea","price":250}
#include <fairlead/fairlead.h>

#include <string>

struct Price {
    std::string sku;
    int price = 0;
    FAIRLEAD_FIELDS(sku, price)
};

struct Told {
    unsigned reached = 0;
    FAIRLEAD_FIELDS(reached)
};

static void install(fairlead::Service& service) {
    service.on("prices.set", [&service](fairlead::Request& request, Price in) -> fairlead::Result<Told> {
        const fairlead::Caller& caller = request.caller();
        // Only when a signed-in client asks are there a user and a client to tell. Nobody waits for these
        // two: if they fail, the log says so.
        if (!caller.user.empty()) service.user(caller.user).publish("my-prices", in);
        if (!caller.client.empty()) service.client(caller.client).push("price of " + in.sku + " is set");

        // All subscribers. Where a reader is slow, the newest price of a sku is enough: the key says so.
        auto options = fairlead::PublishOptions{}.tag("kind", "price").key(in.sku);
        fairlead::Result<fairlead::Published> published =
            service.channel("shop:feed").publish(in, options).wait();
        if (!published) return published.error();
        return Told{published->reached};
    });
}

int main() {
    fairlead::Service service{"prices", "1.0.0"};
    install(service);
    return service.run();
}
