// SPDX-License-Identifier: Apache-2.0
// What clients and services try with hooks.
#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

constexpr const char* kGated = R"(
[client]
anonymous = true
topics = [">"]
commands = 100000
commands_burst = 100000

[hook]
deadline = "10s"
queue_commands = 20

[[namespace]]
name = "gated"
subscribe = ["hook"]
publish = ["anyone", "hook"]
)";

TEST_CASE("T31: neither clients nor services reach the topics of hooks", "[abuse]") {
    TemporaryFile file(kGated);
    Broker broker({"--config", file.path()});
    Inbox<int> asked;
    Service gate{"gate", "1", behind(broker)};
    gate.on_connect([&](const ConnectQuestion&) {
        asked.put(1);
        return ConnectAnswer();
    });
    gate.on_publish("*", [&](const PublishQuestion&) {
        asked.put(1);
        return PublishAnswer();
    });
    join(gate);
    Service other{"other", "1", behind(broker)};
    other.on(">", [](Request&) { return 1; });  // covers nothing that is reserved
    join(other);
    auto client = enter(broker);
    CHECK(ask(client, "free", "null").data == "1");
    for (const char* topic :
         {"_hook.connect", "_hook.publish.gated", "_hook.publish.*", "_hook.>", "_hook", "_"}) {
        INFO(topic);
        const auto code = ask(client, topic, "null").code;
        CHECK((code == 103 || code == 107));
        const auto by_service = other.call(topic, 1).error().code;
        CHECK((by_service == 103 || by_service == 107));
    }
    CHECK(asked.size() == 0);
}

TEST_CASE("T32: what a hook guards stays shut while the hook is down", "[abuse]") {
    TemporaryFile file(kGated);
    Broker broker({"--config", file.path()});
    auto client = enter(broker);
    for (const auto& reply : {client.subscribe("gated:1"), client.publish("gated:1", "1")}) {
        const Outcome outcome = outcome_of(reply);
        CHECK(outcome.code == 100);
        CHECK(outcome.temporary);
    }
    CHECK(outcome_of(client.call("history", R"({"channel":"gated:1"})")).code == 103);
    Service gate{"gate", "1", behind(broker)};
    gate.on_publish("gated",
                    [](const PublishQuestion&) -> PublishAnswer { throw std::runtime_error("broken"); });
    join(gate);
    CHECK(outcome_of(client.publish("gated:1", "1")).code == 100);
    CHECK(gate.channel("gated:1").publish(1).wait().value().reached == 0);
}

TEST_CASE("T29: an answer that a hook gave for long lets no revoked user in again", "[abuse]") {
    TemporaryFile file(std::string(kGated) + "\n[[namespace]]\nname = \"*\"\n");
    Broker broker({"--config", file.path(), "--set", "hook.connect=true", "--set", "websocket.threads=2"});
    std::atomic<int> asked = 0;
    Service gate{"gate", "1", behind(broker)};
    gate.on_connect([&](const ConnectQuestion& question) -> Result<ConnectAnswer> {
        ++asked;
        if (asked > 1) return fail(1401, "signed out");
        ConnectAnswer answer;
        answer.user = question.data.as_string();
        answer.session = "s1";
        answer.cache_for = 1h;
        return answer;
    });
    join(gate);
    client::ClientOptions options;
    options.timeout = kPatience;
    options.data = R"("ann")";
    std::vector<client::Client> clients;
    for (int i = 0; i < 20; ++i)
        clients.push_back(enter(broker, options));
    REQUIRE(asked == 1);
    const auto what = GENERATE(as<Revocation>{}, Revocation::user("ann"), Revocation::session("ann", "s1"));
    CHECK(gate.revoke(what).wait().value().reached == 20);
    for (client::Client& client : clients) {
        const auto closed = client.wait_close(kPatience);
        REQUIRE(closed);
        CHECK(closed->close_code == 3500);
    }
    const auto again = client::Client::connect(broker.websocket_url(), options);
    REQUIRE_FALSE(again);
    CHECK_THAT(again.error().text, Catch::Contains("signed out"));
    CHECK(asked == 2);
}

TEST_CASE("T15: commands behind a silent hook are bounded, and others go on", "[abuse]") {
    TemporaryFile file(kGated);
    Broker broker({"--config", file.path()});
    Inbox<Responder> asked;
    Service gate{"gate", "1", behind(broker)};
    gate.on_publish("gated", [&](Request& request, const PublishQuestion&) {
        asked.put(request.defer());
        return PublishAnswer();
    });
    gate.on("free", [](Request&) { return 1; });
    join(gate);
    auto client = enter(broker);
    auto bystander = enter(broker);
    const auto first = client.begin("publish", R"({"channel":"gated:1","data":1})");
    REQUIRE(first);
    auto responder = asked.take();
    REQUIRE(responder);
    constexpr int kFlood = 500;
    std::vector<std::uint32_t> ids;
    for (int i = 0; i < kFlood; ++i)
        ids.push_back(*client.begin("rpc", R"({"method":"free","data":null})"));
    int refused = 0;
    for (std::size_t i = 20; i < ids.size(); ++i)
        refused += hear(client, ids[i]).code == 111 ? 1 : 0;
    CHECK(refused == kFlood - 20);
    CHECK(ask(bystander, "free", "null").data == "1");
    CHECK(responder->reply(PublishAnswer()));
    CHECK(hear(client, *first).code == 0);
    for (std::size_t i = 0; i < 20; ++i)
        CHECK(hear(client, ids[i]).data == "1");
}

}  // namespace
}  // namespace fairlead::support
