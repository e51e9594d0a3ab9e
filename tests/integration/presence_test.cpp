// SPDX-License-Identifier: Apache-2.0
// What services learn of clients and channels by asking, and what they do to subscriptions.
#include <catch2/catch.hpp>

#include <algorithm>

#include "support/jwt.h"
#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

const std::string kSecret(32, 's');

/// A broker whose namespace `room` keeps history; clients come in with tokens.
struct Place {
    explicit Place(int threads)
        : secret(kSecret),
          file("[client]\nanonymous = true\n[[namespace]]\nname = \"room\"\nsubscribe = [\"anyone\"]\n"
               "publish = [\"anyone\"]\npresence = [\"anyone\"]\nhistory_size = 10\n"
               "[[namespace]]\nname = \"plain\"\nsubscribe = [\"anyone\"]\n"),
          broker(options(threads, secret.path(), file.path())),
          service("shop", "1.0.0", behind(broker)) {
        join(service);
    }
    static std::vector<std::string> options(int threads, const std::string& secret, const std::string& file) {
        auto all = with_threads(threads, {"token.hs256_secret_file=" + secret});
        all.insert(all.end(), {"--config", file});
        return all;
    }
    client::Client enter_as(const std::string& claims) {
        client::ClientOptions options;
        options.token = test::sign_hs256(claims, kSecret);
        return enter(broker, options);
    }

    TemporaryFile secret;
    TemporaryFile file;
    Broker broker;
    Service service;
};

TEST_CASE("a service learns who is in a channel, and which clients a user has", "[presence]") {
    Place place(GENERATE(1, 3));
    auto ann = place.enter_as(R"({"sub":"ann","sid":"s1","info":{"name":"Ann"},"meta":{"plan":"gold"}})");
    auto again = place.enter_as(R"({"sub":"ann"})");
    auto nobody = enter(place.broker);
    for (auto* client : {&ann, &again, &nobody})
        subscribe(*client, "room:1");

    const auto clients = place.service.user("ann").clients();
    REQUIRE(clients.ok());
    REQUIRE(clients->size() == 2);
    const auto first = std::find_if(clients->begin(), clients->end(),
                                    [&](const ConnectedClient& each) { return each.client == ann.id(); });
    REQUIRE(first != clients->end());
    CHECK(first->session == "s1");
    CHECK(first->address == "127.0.0.1");
    CHECK(first->meta["plan"].as_string() == "gold");
    CHECK(place.service.user("bob").clients()->empty());

    const auto present = place.service.channel("room:1").presence();
    REQUIRE(present.ok());
    REQUIRE(present->size() == 3);
    for (const PresentClient& each : *present) {
        if (each.client == ann.id()) CHECK(each.conn_info["name"].as_string() == "Ann");
    }
    const auto stats = place.service.channel("room:1").presence_stats();
    REQUIRE(stats.ok());
    CHECK(stats->clients == 3);
    CHECK(stats->users == 2);
    CHECK(place.service.channel("plain:1").presence().error().code == 108);
    CHECK(place.service.channel("room:empty").presence()->empty());
}

TEST_CASE("a service reads what was published, its own and that of clients", "[history]") {
    Place place(GENERATE(1, 3));
    auto ann = place.enter_as(R"({"sub":"ann"})");
    const auto channel = place.service.channel("room:1");
    const auto first = channel.publish("one", PublishOptions{}.tag("kind", "x")).wait();
    REQUIRE(first.ok());
    CHECK(first->offset == 1);
    REQUIRE(outcome_of(ann.publish("room:1", R"({"n":2})")).code == 0);
    const auto history = channel.history();
    REQUIRE(history.ok());
    CHECK(history->offset == 2);
    CHECK(history->epoch == first->epoch);
    REQUIRE(history->publications.size() == 2);
    CHECK(history->publications[0].data.as_string() == "one");
    CHECK(history->publications[0].tags.at("kind") == "x");
    CHECK(history->publications[0].time > 0);
    CHECK(history->publications[1].data["n"].as_integer() == 2);
    CHECK(history->publications[1].user == "ann");
    CHECK(history->publications[1].client == ann.id());

    HistoryOptions newest;
    newest.limit = 1;
    newest.reverse = true;
    CHECK(channel.history(newest)->publications.at(0).offset == 2);
    HistoryOptions after;
    after.offset = 1;
    after.epoch = first->epoch;
    CHECK(channel.history(after)->publications.size() == 1);
    after.epoch = "another";
    CHECK(channel.history(after).error().code == 112);
    CHECK(place.service.channel("plain:1").history().error().code == 108);
}

TEST_CASE("a publication with a key, or an old version, is published once", "[publications]") {
    Place place(GENERATE(1, 3));
    auto reader = enter(place.broker);
    subscribe(reader, "room:1");
    const auto channel = place.service.channel("room:1");
    const auto once = PublishOptions{}.idempotency("order-7");
    CHECK(channel.publish("a", once).wait()->offset == 1);
    const auto again = channel.publish("a", once).wait();
    CHECK(again->offset == 1);
    CHECK(again->reached == 0);
    CHECK(channel.publish("b", PublishOptions{}.version(7)).wait()->reached == 1);
    CHECK(channel.publish("c", PublishOptions{}.version(7)).wait()->reached == 0);
    CHECK(channel.publish("d", PublishOptions{}.key("k").version(1)).wait()->reached == 1);
    CHECK(channel.publish("e").wait()->offset == 4);
    CHECK(channel.publish("f", PublishOptions{}.idempotency(std::string(256, 'k'))).wait().error().code == 107);
    for (const char* data : {R"("a")", R"("b")", R"("d")", R"("e")"})
        CHECK(next(reader).data == data);
}

TEST_CASE("a service subscribes a user's clients, who hear of it, and ends that again", "[clients]") {
    Place place(GENERATE(1, 3));
    auto phone = place.enter_as(R"({"sub":"ann"})");
    auto laptop = place.enter_as(R"({"sub":"ann"})");
    const auto user = place.service.user("ann");
    CHECK(user.subscribe("room:1").wait()->reached == 2);
    CHECK(user.subscribe("room:1").wait()->reached == 0);
    CHECK(place.service.channel("room:1").publish(1).wait()->reached == 2);
    for (auto* client : {&phone, &laptop}) {
        const Heard told = next(*client);
        CHECK(told.channel == "room:1");
        CHECK_THAT(told.text, Catch::Contains(R"("subscribe":)"));
        CHECK_THAT(told.text, Catch::Contains(R"("recoverable":true)"));
        CHECK(next(*client).data == "1");
    }
    // What waits of a channel is withdrawn with the subscription, so all was read before.
    CHECK(place.service.client(phone.id()).unsubscribe("room:1", 2001, "enough").wait()->reached == 1);
    CHECK(place.service.channel("room:1").publish(2).wait()->reached == 1);
    CHECK_THAT(next(phone).text, Catch::Contains(R"("unsubscribe":{"code":2001,"reason":"enough"})"));
    CHECK(next(laptop).data == "2");
    CHECK(user.subscribe("user:bob").wait().error().code == 103);
    CHECK(user.subscribe("nowhere:1").wait().error().code == 102);
    CHECK(user.unsubscribe("room:1", 3000).wait().error().code == 107);
}

TEST_CASE("a push to a user says how many clients it reached", "[clients]") {
    Place place(GENERATE(1, 3));
    const auto user = place.service.user("ann");
    CHECK(user.push("hi").wait()->reached == 0);
    auto phone = place.enter_as(R"({"sub":"ann"})");
    auto laptop = place.enter_as(R"({"sub":"ann"})");
    CHECK(user.push("hi").wait()->reached == 2);
    for (auto* client : {&phone, &laptop})
        CHECK(next(*client).text == R"({"push":{"message":{"data":"hi"}}})");
}

TEST_CASE("what a service keeps with a session is there when the session is resumed", "[sessions]") {
    Place place(GENERATE(1, 3));
    const auto kept_with = [&](client::Client& client) {
        return place.service.client(client.id()).kept<Value>();
    };
    auto before = place.enter_as(R"({"sub":"ann","sid":"s1"})");
    CHECK_FALSE(kept_with(before)->has_value());
    CHECK(place.service.client(before.id()).keep(Value::map({{"step", 3}})).wait().ok());
    before.close();
    auto after = place.enter_as(R"({"sub":"ann","sid":"s1"})");
    CHECK((**kept_with(after))["step"].as_integer() == 3);
    auto other = place.enter_as(R"({"sub":"ann","sid":"s2"})");
    CHECK_FALSE(kept_with(other)->has_value());
    auto without = place.enter_as(R"({"sub":"ann"})");
    CHECK(place.service.client(without.id()).keep(1).wait().error().code == 108);
    CHECK(place.service.client(after.id()).keep(std::string(5000, 'x')).wait().error().code == 107);
    CHECK(place.service.client("nobody").kept<Value>().error().code == 104);
}

}  // namespace
}  // namespace fairlead::support
