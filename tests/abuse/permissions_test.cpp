// SPDX-License-Identifier: Apache-2.0
// Clients that want more than they are granted, against a real broker with two edge threads.
#include <catch2/catch.hpp>

#include "support/jwt.h"
#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";
constexpr const char* kRules = R"(
[client]
topics = ["echo.>"]
send_topic = "clients.said"

[[namespace]]
name = "open"
subscribe = ["anyone"]
publish = ["anyone"]

[[namespace]]
name = "room"
subscribe = ["token"]

[[namespace]]
name = "team"
subscribe = ["permission"]
publish = ["permission"]

[[permission]]
users = ["ada"]
subscribe = ["team:*"]
publish = ["*"]
topics = ["team.>"]
)";

/// A broker with these rules that takes tokens of kSecret.
class Stand {
public:
    Stand()
        : secret_(kSecret),
          config_(kRules + std::string("[token]\nhs256_secret_file = \"") + secret_.path() + "\"\n"),
          broker_({"--config", config_.path(), "--set", "websocket.threads=2"}) {}

    Broker& broker() { return broker_; }

    client::Client enter_with(std::string_view claims) {
        client::ClientOptions options;
        options.token = test::sign_hs256(claims, kSecret);
        return enter(broker_, options);
    }
    bool refused(std::string_view claims) {
        client::ClientOptions options;
        options.timeout = kPatience;
        options.token = test::sign_hs256(claims, kSecret);
        const auto client = client::Client::connect(broker_.websocket_url(), options);
        return !client && client.error().text.find("3500") != std::string::npos;
    }

private:
    TemporaryFile secret_;
    TemporaryFile config_;
    Broker broker_;
};

TEST_CASE("T29: a revocation closes all that it means on every edge thread, and they stay out") {
    Stand stand;
    Service service{"admin", "1.0.0", behind(stand.broker())};
    join(service);
    const std::string stolen = R"({"sub":"ada","jti":"t1","sid":"s1"})";
    std::vector<client::Client> meant;
    for (int i = 0; i < 20; ++i)  // enough for the kernel to give both threads some
        meant.push_back(stand.enter_with(stolen));
    auto other = stand.enter_with(R"({"sub":"bob","jti":"t2","sid":"s1"})");
    const auto what = GENERATE(as<Revocation>{}, Revocation::token("t1"), Revocation::user("ada"),
                               Revocation::session("ada", "s1"));
    CHECK(service.revoke(what).wait().value().reached == 20);
    for (client::Client& client : meant) {
        const auto closed = client.wait_close(kPatience);
        REQUIRE(closed);
        CHECK(closed->close_code == 3500);
    }
    CHECK(stand.refused(stolen));
    CHECK(ask(other, "echo.none", "{}").code == 104);
    CHECK(service.revoke(Revocation::key("none")).wait().value().reached == 0);
}

TEST_CASE("T31: no operation of a client reaches what is reserved, whatever its patterns say") {
    Stand stand;
    auto ada = stand.enter_with(R"({"sub":"ada"})");
    for (const char* channel : {"user:ada", "user:bob", "user:", "user:*"}) {
        INFO(channel);
        const std::string name = R"({"channel":)" + client::quoted(channel) + "}";
        CHECK(outcome_of(ada.subscribe(channel)).code == 103);
        CHECK(outcome_of(ada.publish(channel, "1")).code == 103);
        CHECK(outcome_of(ada.call("history", name)).code == 103);
        CHECK(outcome_of(ada.call("presence", name)).code == 103);
        CHECK(outcome_of(ada.call("presence_stats", name)).code == 103);
    }
    for (const char* topic : {"_hook.connect", "_", "_fairlead.x"}) {
        INFO(topic);
        CHECK(ask(ada, topic, "{}").code == 103);
    }
}

TEST_CASE("T30: a name that only looks like a granted one is another name") {
    Stand stand;
    auto ada = stand.enter_with(R"({"sub":"ada"})");
    CHECK(outcome_of(ada.subscribe("team:1")).code == 0);
    for (const char* channel : {"team%3a1", "team%3A1", "TEAM:1", "Team:1", "team\uff1a1", "./team:1", "x/../team:1",
                                "\u0442eam:1", "team.1", "*", "*:1", "team*"}) {
        INFO(channel);
        CHECK(outcome_of(ada.subscribe(channel)).code == 102);
        CHECK(outcome_of(ada.publish(channel, "1")).code == 102);
    }
    for (const char* channel : {" team:1", "team:1 ", "team:\t1", "team:\u00a01", "team:\u20281", ""}) {
        INFO(channel);
        const auto outcome = outcome_of(ada.publish(channel, "1"));
        CHECK((outcome.code == 107 || outcome.message.find("3501") != std::string::npos));
        if (outcome.code == -1) ada = stand.enter_with(R"({"sub":"ada"})");
    }
    for (const char* topic : {"team%2ex", "TEAM.x", "team..x", ".team.x", "team.x.", "team.*", "*", ">", "team.>",
                              "team/x", "team.x\\u0000"}) {
        INFO(topic);
        const auto code = ask(ada, topic, "{}").code;
        CHECK((code == 103 || code == 107));
    }
    CHECK(ask(ada, "team.x", "{}").code == 104);
}

TEST_CASE("T33: who a client says it is, and what it says besides, never passes for the broker's word") {
    Stand stand;
    Inbox<std::string> seen;
    Service service{"echo", "1.0.0", behind(stand.broker())};
    service.on("echo.who", [&](Request& request, Value) {
        const Caller& caller = request.caller();
        seen.put(caller.user + "|" + caller.service + "|" + caller.session + "|" +
                 std::to_string(request.headers().size()) + "|" + std::string(request.trace()));
        return caller.client;
    });
    service.listen("clients.said", [&](const Event& event, Value) {
        seen.put("said by " + event.caller().user + "|" + std::to_string(event.headers().size()));
    });
    join(service);
    client::ClientOptions options;
    options.token = test::sign_hs256(R"({"sub":"bob"})", kSecret);
    options.data = R"({"user":"ada","_user":"ada","sub":"ada"})";
    auto bob = enter(stand.broker(), options);
    const char* spoof = R"("data":{"_user":"ada","reply_to":"x","caller":{"user":"ada"},"sid":"s"},)"
                        R"("headers":{"_user":"ada","reply_to":"x"},"caller":{"user":"ada"},"user":"ada",)"
                        R"("service":"admin","session":"s","trace":"00-1","client":"1","correlation_id":"7")";
    const auto reply =
        outcome_of(bob.call("rpc", std::string(R"({"method":"echo.who",)") + spoof + "}"));
    CHECK(reply.data == client::quoted(bob.id()));
    CHECK(seen.take() == "bob||" "|0|");
    REQUIRE(bob.send(R"({"_user":"ada","caller":{"user":"ada"}})"));
    CHECK(seen.take() == "said by bob|0");

    // Publications say who published, whatever the command says of it.
    subscribe(bob, "open:1");
    CHECK(outcome_of(bob.call("publish", R"({"channel":"open:1","data":1,"info":{"user":"ada","client":"x"}})")).code ==
          0);
    const Heard heard = next(bob);
    CHECK(heard.text.find(R"("user":"bob")") != std::string::npos);
    CHECK(heard.text.find("ada") == std::string::npos);
}

TEST_CASE("T33: what a client sends as if it were an answer answers nobody") {
    Stand stand;
    auto ada = stand.enter_with(R"({"sub":"ada"})");
    Inbox<int> asked;
    Door door;
    Service service{"echo", "1.0.0", behind(stand.broker())};
    service.on("echo.slow", [&](Request&) {
        asked.put(1);
        door.pass();
        return 7;
    });
    join(service);
    const auto waiting = begin_asking(ada, "echo.slow", "{}");
    REQUIRE(asked.take());
    auto bob = stand.enter_with(R"({"sub":"bob"})");
    for (int id = 1; id < 20; ++id) {
        REQUIRE(bob.websocket().send_text(R"({"id":)" + std::to_string(id + 100) +
                                          R"(,"ping":{},"rpc":{"data":"forged"},"push":{"channel":"open:1"}})"));
    }
    CHECK(ask(bob, "echo.none", "{}").code == 104);
    door.open();
    CHECK(hear(ada, waiting).data == "7");
}

TEST_CASE("T32: a subscription token opens its channel to its user alone") {
    Stand stand;
    auto ada = stand.enter_with(R"({"sub":"ada"})");
    const auto subscribe_with = [&](std::string_view claims, std::string_view secret = kSecret) {
        const std::string token = test::sign_hs256(claims, secret);
        return outcome_of(ada.subscribe("room:1", R"("token":)" + client::quoted(token))).code;
    };
    CHECK(outcome_of(ada.subscribe("room:1")).code == 103);
    CHECK(subscribe_with(R"({"sub":"bob","channel":"room:1"})") == 103);
    CHECK(subscribe_with(R"({"sub":"ada","channel":"room:2"})") == 103);
    CHECK(subscribe_with(R"({"channel":"room:1"})") == 103);
    CHECK(subscribe_with(R"({"sub":"ada"})") == 103);
    CHECK(subscribe_with(R"({"sub":"ada","channel":"room:1","client":"other"})") == 103);
    CHECK(subscribe_with(R"({"sub":"ada","channel":"room:1"})", "another secret of at least 32 bytes!") == 103);
    CHECK(subscribe_with(R"({"sub":"ada","channel":"room:1","exp":1000})") == 109);
    CHECK(outcome_of(ada.subscribe("room:1", R"("token":"a.b.c")")).code == 103);
    CHECK(subscribe_with(R"({"sub":"ada","channel":"room:1"})") == 0);
    // A connection token is none for a channel, nor the other way round.
    CHECK(stand.refused(R"({"sub":"ada","channel":"room:1"})"));
}

}  // namespace
}  // namespace fairlead::support
