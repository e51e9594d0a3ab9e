// SPDX-License-Identifier: Apache-2.0
// Services that call services through the broker.
#include <catch2/catch.hpp>

#include <thread>

#include "support/parties.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

struct Asked {
    std::string service;
    std::string client;
    std::int64_t left_ms = 0;
    FAIRLEAD_FIELDS(service, client, left_ms)
};

Asked asked(const Request& request) {
    return {request.caller().service, request.caller().client, request.time_left().count()};
}

TEST_CASE("a call made through a request has its caller and its deadline", "[calls]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service back{"back", "1.0.0", behind(broker)};
    back.on("back.who", [](Request& request) { return asked(request); }).timeout(60s);
    join(back);
    Service front{"front", "1.0.0", behind(broker)};
    front
        .on("front.through",
            [&](Request& request) { return front.call<Asked>("back.who", Value{}, request); })
        .timeout(30s);
    front.on("front.alone",
             [&](Request&) { return front.call<Asked>("back.who", Value{}, CallOptions{}.timeout(50s)); });
    join(front);
    auto client = enter(broker);

    auto outcome = ask(client, "front.through", "{}");
    REQUIRE(outcome.code == 0);
    auto answer = client::parse_json(outcome.data);
    CHECK(client::text_of(*answer, "service") == "front");
    CHECK(client::text_of(*answer, "client") == client.id());
    CHECK(client::number_of(*answer, "left_ms") <= 30'000);
    CHECK(client::number_of(*answer, "left_ms") > 0);

    outcome = ask(client, "front.alone", "{}");
    REQUIRE(outcome.code == 0);
    answer = client::parse_json(outcome.data);
    CHECK(client::text_of(*answer, "service") == "front");
    CHECK(client::text_of(*answer, "client").empty());
    CHECK(client::number_of(*answer, "left_ms") > 30'000);
}

TEST_CASE("errors of a called service arrive at the one who called", "[calls]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Inbox<Responder> kept;
    Service back{"back", "1.0.0", behind(broker)};
    back.on("back.refuse", [](Request&) { return fail(1007, "not today"); });
    back.on("back.mute", [&](Request& request) { kept.put(request.defer()); });
    join(back);
    Service front{"front", "1.0.0", behind(broker)};
    join(front);

    auto error = front.call("back.refuse", 1).error();
    CHECK(error.code == 1007);
    CHECK(error.message == "not today");
    CHECK(front.call("back.absent", 1).error().code == 104);
    CHECK(front.call("back.mute", 1, CallOptions{}.timeout(200ms)).error().code == 1);
    auto responder = kept.take();
    REQUIRE(responder);
    CHECK(responder->request().topic() == "back.mute");
}

TEST_CASE("the deadline of a request ends the calls made through it", "[calls]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Inbox<Responder> kept;
    Service back{"back", "1.0.0", behind(broker)};
    back.on("back.mute", [&](Request& request) { kept.put(request.defer()); }).timeout(60s);
    join(back);
    Inbox<std::uint32_t> ended;
    Service front{"front", "1.0.0", behind(broker)};
    front
        .on("front.ask",
            [&](Request& request) {
                auto outcome = front.call("back.mute", 1, request);
                ended.put(outcome.ok() ? 0 : outcome.error().code);
                return outcome;
            })
        .timeout(200ms);
    join(front);
    auto client = enter(broker);
    // Two clocks run for it, the broker's and the handler's; either way it is an error for the client.
    CHECK(ask(client, "front.ask", "{}").code == 100);
    CHECK(ended.take() == 1U);
    auto responder = kept.take();
    REQUIRE(responder);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!responder->request().cancelled() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(1ms);
    CHECK(responder->request().cancelled());
}

TEST_CASE("many calls at once each get their own answer", "[calls]") {
    constexpr int kCalls = 2000;
    Broker broker(with_threads(GENERATE(1, 3)));
    Service back{"back", "1.0.0", behind(broker)};
    back.on("back.square", [](Request&, int number) { return number * number; }).window(16);
    join(back);
    ServiceOptions options = behind(broker);
    options.call_timeout = kPatience;
    Service front{"front", "1.0.0", options};
    join(front);
    Inbox<bool> right;
    constexpr int kAtOnce = 500;
    for (int i = 0; i < kCalls; ++i) {
        if (i >= kAtOnce) CHECK(right.take() == true);
        front.call_async<int>("back.square", i, [&right, i](const Result<int>& answer) {
            right.put(answer.ok() && *answer == i * i);
        });
    }
    for (int i = 0; i < kAtOnce; ++i)
        CHECK(right.take() == true);
}

}  // namespace
}  // namespace fairlead::support
