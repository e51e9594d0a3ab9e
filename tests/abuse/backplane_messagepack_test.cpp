// SPDX-License-Identifier: Apache-2.0
// MessagePack that claims what it does not hold, from a service with a key: as headers, payloads and answers.
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abuse/peak.h"
#include "abuse/thief.h"
#include "faults/dealer.h"
#include "support/keys.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

constexpr std::uint32_t kBadRequest = 107;

std::string repeated(std::size_t count, std::string_view bytes) {
    std::string all;
    all.reserve(count * bytes.size());
    for (std::size_t i = 0; i < count; ++i)
        all += bytes;
    return all;
}

const std::vector<std::string>& bombs() {
    static const std::vector<std::string> all{
        "\xdd\xff\xff\xff\xff",            // an array of four thousand million
        "\xdf\xff\xff\xff\xff",            // a map of them
        "\xdb\xff\xff\xff\xff",            // a text of 4 GiB
        "\xc6\xff\xff\xff\xff",            // bytes
        "\xc9\xff\xff\xff\xff\x01",        // an extension
        repeated(20'000, "\xdc\xff\xff"),  // arrays in arrays that are never filled
        repeated(85'000, "\xdc\xff\xff"),
        repeated(250'000, "\x91"),      // depth
        repeated(125'000, "\x81\x01"),  // of maps
        "\xc1",                         // no MessagePack at all
        "\xc0\xc0",                     // more than one value
    };
    return all;
}

struct Stand {
    Stand() {
        keys.configure(table_of("orders", keys.key("orders"), kAllRights) +
                       table_of("thief", keys.key("thief"), kAllRights));
        broker.emplace(keys.options());
        orders.emplace("orders", "1.0.0", keys.service(broker->backplane_address(), "orders"));
        orders->on("orders.create", [](Request&) { return "orders"; });
        join(*orders);
    }
    std::unique_ptr<Dealer> thief() {
        auto dealer = std::make_unique<Dealer>(broker->backplane_address(), with_key(keys, "thief"));
        dealer->send(greeting("thief", "thief.ask"));
        REQUIRE(dealer->receive<wire::Welcome>());
        return dealer;
    }

    KeyFolder keys;
    std::optional<Broker> broker;
    std::optional<Service> orders;
};

// Ends when the broker has read it: that it took the message for an offence, or a frame after it was
// answered.
void send_as_header(Dealer& dealer, const std::string& bomb) {
    dealer.send_parts({bomb, ""});
    wire::Control nothing;
    nothing.id = 1;
    dealer.send(nothing);
    CHECK(dealer.receive<wire::Ack>());
}

void send_as_payload(Dealer& dealer, const std::string& bomb) {
    wire::Publication publication;
    publication.id = 1;
    publication.channel = "shop:feed";
    dealer.send(publication, bomb);
    const auto ack = dealer.receive<wire::Ack>();
    REQUIRE(ack);
    CHECK(ack->code == kBadRequest);
}

void send_as_answer(client::Client& client, Dealer& dealer, const std::string& bomb) {
    const auto id = begin_asking(client, "thief.ask", "{}");
    const auto request = dealer.receive<wire::Request>();
    REQUIRE(request);
    dealer.send(wire::Reply{request->call}, bomb);
    CHECK(hear(client, id).code == 100);
    CHECK(ask(client, "orders.create", "{}").data == R"("orders")");
}

TEST_CASE("T39: MessagePack that claims more than it holds is a typed error and costs nothing",
          "[backplane]") {
    Stand stand;
    auto client = enter(*stand.broker);
    const auto play = [&] {
        for (const std::string& bomb : bombs()) {
            CAPTURE(bomb.size(), bomb.substr(0, 6));
            auto thief = stand.thief();
            if (bomb.size() <= wire::kMaxHeaderBytes) send_as_header(*thief, bomb);
            send_as_payload(*thief, bomb);
            send_as_answer(client, *thief, bomb);
        }
    };
    play();  // what is needed once
    Peak peak(stand.broker->process().pid());
    play();
    CHECK(peak.growth() <= kMiB);
    CHECK(stand.orders->stats().reconnects == 0);
}

}  // namespace
}  // namespace fairlead::support
