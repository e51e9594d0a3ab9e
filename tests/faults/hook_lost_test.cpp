// SPDX-License-Identifier: Apache-2.0
// A hook's process dies or hangs while it is asked: nobody gets in by that, and then it is back.
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <future>
#include <string>
#include <vector>

#include "support/temporary_file.h"
#include "support/victim.h"

namespace fairlead::support {
namespace {

constexpr const char* kHooked = R"(
[hook]
connect = true

[[namespace]]
name = "room"
subscribe = ["hook"]
publish = ["hook"]
)";

constexpr int kAsking = 8;  // of each kind

std::vector<std::string> hooked(const TemporaryFile& file, const std::string& deadline) {
    return {"--config", file.path(),
            "--set",    "websocket.threads=" + std::to_string(GENERATE(1, 3)),
            "--set",    "hook.deadline=" + deadline};
}

client::ClientOptions named(const std::string& user) {
    client::ClientOptions options;
    options.timeout = kPatience;
    options.data = client::quoted(user);
    return options;
}

using Entering = std::future<client::Result<client::Client>>;

// Clients that wait for a hook: at the door, for a channel, for a publication.
struct Asking {
    Asking(const Broker& broker, client::Child& victim) : url(broker.websocket_url()) {
        for (int i = 0; i < kAsking; ++i) {
            subscribing.push_back(enter(broker, named("ann" + std::to_string(i))));
            publishing.push_back(enter(broker, named("bob" + std::to_string(i))));
        }
        subscribe(publishing.front(), "room:1");
        for (int i = 0; i < kAsking; ++i) {
            ids.push_back(*subscribing[i].begin("subscribe", R"({"channel":"room:never"})"));
            ids.push_back(*publishing[i].begin("publish", R"({"channel":"room:never","data":1})"));
        }
        for (int i = 0; i < kAsking; ++i)
            entering.push_back(try_to_enter("never"));
        // Questions of clients at the door are equal, so one is asked for all.
        if (!victim.wait_for_output("kept " + std::to_string(2 * kAsking + 1) + ";", kPatience))
            throw std::runtime_error{"the hook was not asked: " + victim.output()};
    }

    Entering try_to_enter(const std::string& user) const {
        return std::async(std::launch::async,
                          [this, user] { return client::Client::connect(url, named(user)); });
    }

    // All are told no, for now.
    void are_refused() {
        for (int i = 0; i < kAsking; ++i) {
            for (const Outcome& outcome :
                 {hear(subscribing[i], ids[2 * i]), hear(publishing[i], ids[2 * i + 1])}) {
                CHECK(outcome.code == 100);
                CHECK(outcome.temporary);
            }
        }
        for (auto& one : entering)
            stays_outside(one.get());
        stays_outside(try_to_enter("cid").get());
    }

    static void stays_outside(const client::Result<client::Client>& client) {
        REQUIRE_FALSE(client);
        CHECK_THAT(client.error().text, Catch::Contains("could not be decided"));
    }

    // As if nothing had been.
    void go_on(const Broker& broker) {
        for (int i = 0; i < kAsking; ++i) {
            CHECK(outcome_of(subscribing[i].subscribe("room:1")).code == 0);
            CHECK(outcome_of(publishing[i].publish("room:1", std::to_string(i))).code == 0);
        }
        CHECK(next(publishing.front()).data == "0");  // what it was subscribed to it still is
        enter(broker, named("cid"));
    }

    const std::string url;
    std::vector<client::Client> subscribing;
    std::vector<client::Client> publishing;
    std::vector<std::uint32_t> ids;
    std::vector<Entering> entering;
};

TEST_CASE("kill -9 of a hook that is asked: everybody stays outside until it is back", "[hooks]") {
    TemporaryFile file(kHooked);
    Broker broker(hooked(file, "15s"));  // so that it is not the deadline that decides
    auto victim = start_victim(broker);
    Asking asking(broker, *victim);
    const auto killed = std::chrono::steady_clock::now();
    victim->signal(SIGKILL);
    asking.are_refused();
    CHECK(std::chrono::steady_clock::now() - killed < std::chrono::seconds(10));
    victim = start_victim(broker);
    asking.go_on(broker);
}

TEST_CASE("SIGSTOP of a hook that is asked: the deadline is a no, and so is what it says later", "[hooks]") {
    TemporaryFile file(kHooked);
    Broker broker(hooked(file, "500ms"));
    auto victim = start_victim(broker);
    auto ann = enter(broker, named("ann"));
    auto bob = enter(broker, named("bob"));
    victim->signal(SIGSTOP);
    int status = 0;
    REQUIRE((::waitpid(victim->pid(), &status, WUNTRACED) == victim->pid() && WIFSTOPPED(status)));
    for (int round = 0; round < 2; ++round) {
        const auto subscribing = ann.begin("subscribe", R"({"channel":"room:1"})");
        const auto publishing = bob.begin("publish", R"({"channel":"room:1","data":1})");
        for (const Outcome& outcome : {hear(ann, *subscribing), hear(bob, *publishing)}) {
            CHECK(outcome.code == 100);
            CHECK(outcome.temporary);
        }
        Asking::stays_outside(client::Client::connect(broker.websocket_url(), named("cid")));
    }
    // It answers all that now, with yes.
    victim->signal(SIGCONT);
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    Outcome back{100, {}, true, {}};
    while (back.code == 100 && std::chrono::steady_clock::now() < give_up)
        back = outcome_of(ann.subscribe("room:2"));
    CHECK(back.code == 0);
    // Whoever had been let in by a late answer would be subscribed already, or hear this twice.
    CHECK(outcome_of(ann.subscribe("room:1")).code == 0);
    CHECK(outcome_of(bob.publish("room:1", "2")).code == 0);
    CHECK(next(ann).data == "2");
    enter(broker, named("cid"));
}

}  // namespace
}  // namespace fairlead::support
