// SPDX-License-Identifier: Apache-2.0
// F1: a service dies with requests outstanding. Each has its outcome within about a second, none hangs.
#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <future>
#include <iostream>

#include "support/victim.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kClients = 8;
constexpr int kHeld = 64;          // requests of one client that the service never answers
constexpr std::size_t kLoad = 16;  // and that it answers, at once

std::vector<std::string> unlimited(int threads) {
    return with_threads(threads, {"client.commands=1000000", "client.commands_burst=1000000"});
}

// What became of one client's requests.
struct Tally {
    int echoed = 0;
    int unknown = 0;      // 100 "outcome unknown": handed over and not answered
    int unserved = 0;     // 104, or 100 for one that was never handed over
    int wrong = 0;        // anything else
    std::string example;  // of those
    Clock::time_point last;
};

void count(const Outcome& outcome, const std::string& sent, Tally& tally) {
    tally.last = Clock::now();
    if (outcome.code == 0 && outcome.data == sent) {
        ++tally.echoed;
    } else if (outcome.code == 100 && !outcome.temporary && outcome.message.find("outcome unknown") == 0) {
        ++tally.unknown;
    } else if (outcome.code == 104 || (outcome.code == 100 && outcome.temporary)) {
        ++tally.unserved;
    } else {
        ++tally.wrong;
        tally.example = std::to_string(outcome.code) + " " + outcome.message + outcome.data;
    }
}

struct Held {
    client::Client client;
    std::vector<std::uint32_t> ids;
};

// The reply of the echo says that what went before it has reached the service.
Held hold_requests(const Broker& broker) {
    Held held{enter(broker), {}};
    for (int i = 0; i < kHeld; ++i)
        held.ids.push_back(begin_asking(held.client, "victim.never", "{}"));
    if (ask(held.client, "victim.echo", "0").data != "0") throw std::runtime_error{"no echo"};
    return held;
}

// Keeps echoes going until one fails, then waits for all that is outstanding.
Tally load_until_death(Held& held, std::promise<void>& under_load) {
    Tally tally;
    std::deque<std::pair<std::uint32_t, std::string>> going;
    for (int number = 0; tally.unknown + tally.unserved + tally.wrong == 0; ++number) {
        going.emplace_back(begin_asking(held.client, "victim.echo", std::to_string(number)),
                           std::to_string(number));
        if (number == 500) under_load.set_value();
        if (going.size() < kLoad) continue;
        count(hear(held.client, going.front().first), going.front().second, tally);
        going.pop_front();
    }
    for (const auto& [id, sent] : going)
        count(hear(held.client, id), sent, tally);
    for (const auto id : held.ids)
        count(hear(held.client, id), {}, tally);
    return tally;
}

TEST_CASE("kill -9 of a service under load: every request has its outcome", "[service]") {
    const int threads = GENERATE(1, 3);
    Broker broker(unlimited(threads));
    auto victim = start_victim(broker);
    std::vector<Held> held;
    for (int i = 0; i < kClients; ++i)
        held.push_back(hold_requests(broker));
    std::vector<std::promise<void>> under_load(kClients);
    std::vector<std::future<Tally>> tallies;
    for (std::size_t i = 0; i < kClients; ++i) {
        tallies.push_back(
            std::async(std::launch::async, [&, i] { return load_until_death(held[i], under_load[i]); }));
    }
    for (auto& one : under_load)
        REQUIRE(one.get_future().wait_for(kPatience) == std::future_status::ready);

    const auto killed = Clock::now();
    victim->signal(SIGKILL);
    Clock::duration longest{};
    int unknown = 0;
    for (auto& one : tallies) {
        const Tally tally = one.get();
        CHECK(tally.wrong == 0);
        CHECK(tally.example == "");
        CHECK(tally.unknown >= kHeld);
        unknown += tally.unknown;
        longest = std::max(longest, tally.last - killed);
    }
    std::cout << "kill -9, " << threads << " edge threads: " << unknown
              << " requests were outstanding, the last outcome came after "
              << std::chrono::duration_cast<std::chrono::milliseconds>(longest).count() << " ms\n";
    CHECK(longest <= 3s);  // said is 1 s; machines that run other things get more
    CHECK(ask(held[0].client, "victim.echo", "1").code == 104);

    victim = start_victim(broker);
    CHECK(echoes(held[0].client));
}

TEST_CASE("a handler that takes its process down is an error for the one who asked", "[service]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    auto victim = start_victim(broker);
    auto client = enter(broker);
    const auto outcome = ask(client, "victim.crash", "{}");
    CHECK(outcome.code == 100);
    CHECK_FALSE(outcome.temporary);
    CHECK_THAT(outcome.message, Catch::StartsWith("outcome unknown"));
    CHECK(victim->wait_exit(kPatience) == 128 + SIGABRT);
}

TEST_CASE("what may be run again goes to another instance when one dies, as far as the budget goes",
          "[service]") {
    Broker broker(unlimited(GENERATE(1, 3)));
    auto one = start_victim(broker);
    auto client = enter(broker);
    std::vector<std::uint32_t> ids;
    for (int i = 0; i < kHeld; ++i)
        ids.push_back(begin_asking(client, "victim.again", "{}"));
    const auto once_only = begin_asking(client, "victim.never", "{}");
    REQUIRE(ask(client, "victim.echo", "0").data == "0");
    auto two = start_victim(broker);

    one->signal(SIGKILL);
    int repeated = 0;
    for (const auto id : ids) {
        const auto outcome = hear(client, id);
        if (outcome.data == "2") {  // the attempt that was answered
            ++repeated;
        } else {
            CHECK(outcome.code == 100);
            CHECK(outcome.temporary);
            CHECK_THAT(outcome.message, Catch::Contains("retry budget"));
        }
    }
    CHECK(repeated == 10 + kHeld / 5);  // as many as may be run again in ten seconds
    CHECK_THAT(hear(client, once_only).message, Catch::StartsWith("outcome unknown"));
}

}  // namespace
}  // namespace fairlead::support
