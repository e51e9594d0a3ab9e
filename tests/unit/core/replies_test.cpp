// SPDX-License-Identifier: Apache-2.0
// Requests with an idempotency key: the work is done once.
#include "world.h"

namespace fairlead::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr LinkId kLink = 3;
constexpr LinkId kOtherLink = 4;

struct Once : World {
    explicit Once(Options options = open_options()) : World(std::move(options)) {}

    /// The number of requests that services have seen.
    std::size_t ask(CallId number, const std::string& key = "k", const std::string& payload = "\x01",
                    const std::string& service = "orders", LinkId link = kLink, seconds within = seconds(2)) {
        Request request;
        request.call = number;
        request.topic = "a.b";
        request.key = key;
        request.payload = payload;
        request.deadline = clock.now() + within;
        auto caller = std::make_shared<Caller>();
        caller->service = service;
        request.caller = caller;
        services.routed.deadline = request.deadline;
        broker->call(link, std::move(request));
        return services.requests.size();
    }
    void settle(Outcome outcome) { broker->settle(services.requests.back().call, std::move(outcome)); }
    void pass(milliseconds by) {
        clock.advance(by);
        broker->tick();
    }
    bool cancelled(CallId call) const {
        return std::find(services.cancelled.begin(), services.cancelled.end(), call) != services.cancelled.end();
    }
    /// Of the last answer: a reply, or a failure's code.
    std::string answer(CallId number) {
        for (auto each = services.answers.rbegin(); each != services.answers.rend(); ++each) {
            if (each->call != number) continue;
            const auto* failed = std::get_if<wire::Failure>(&each->outcome);
            return failed != nullptr ? std::to_string(failed->code) : std::get<std::string>(each->outcome);
        }
        return "none";
    }
};

Outcome failed(std::uint32_t code, bool temporary = false) {
    return wire::Failure{code, "no", temporary};
}

TEST_CASE("a key asked again has the outcome of the first time, and nothing is done again", "[replies]") {
    Once world;
    CHECK(world.ask(1) == 1);
    CHECK(world.services.requests.back().key == "k");
    CHECK(world.ask(2) == 1);  // it waits
    CHECK(world.answer(2) == "none");
    world.settle("done");
    CHECK(world.answer(1) == "done");
    CHECK(world.answer(2) == "done");
    CHECK(world.ask(3, "k", "\x01", "orders", kOtherLink) == 1);
    CHECK(world.answer(3) == "done");
    CHECK(world.broker->counts().calls == 0);
}

TEST_CASE("another service, key or none is another request", "[replies]") {
    Once world;
    world.ask(1);
    CHECK(world.ask(2, "k", "\x01", "stock") == 2);
    CHECK(world.ask(3, "l") == 3);
    CHECK(world.ask(4, "") == 4);
    CHECK(world.ask(5, "") == 5);
}

TEST_CASE("a key with another payload is refused, and so is one that is too long", "[replies]") {
    Once world;
    world.ask(1);
    CHECK(world.ask(2, "k", "\x02") == 1);
    CHECK(world.answer(2) == "107");
    world.settle("done");
    CHECK(world.ask(3, "k", "\x02") == 1);
    CHECK(world.answer(3) == "107");
    CHECK(world.ask(4, std::string(256, 'k')) == 1);
    CHECK(world.answer(4) == "107");
    CHECK(world.ask(5, std::string(255, 'k')) == 2);
}

TEST_CASE("what may be tried again is, and what will not change is kept", "[replies]") {
    struct Case {
        Outcome outcome;
        bool kept;
    };
    const auto row = GENERATE(Case{failed(111, true), false}, Case{failed(100, true), false},
                              Case{failed(104), false}, Case{failed(100), true}, Case{failed(1422), true});
    Once world;
    world.ask(1);
    world.settle(row.outcome);
    CHECK(world.answer(1) == std::to_string(std::get<wire::Failure>(row.outcome).code));
    CHECK(world.ask(2) == (row.kept ? 1U : 2U));
}

TEST_CASE("nobody there is an answer to all who wait, and is not kept", "[replies]") {
    Once world;
    world.services.routed.state = Routed::State::not_found;
    world.ask(1);
    CHECK(world.answer(1) == "104");
    world.services.routed.state = Routed::State::taken;
    CHECK(world.ask(2) == 2);
    CHECK(world.answer(2) == "none");
    world.settle("done");
    CHECK(world.answer(2) == "done");
}

TEST_CASE("the work goes on when its asker's deadline is over: who asks again gets what comes of it",
          "[replies]") {
    Once world;
    world.ask(1);
    world.pass(milliseconds(2100));
    CHECK(world.answer(1) == "1");
    CHECK_FALSE(world.cancelled(world.services.requests.back().call));
    CHECK(world.ask(2) == 1);
    world.settle("late");
    CHECK(world.answer(2) == "late");
    CHECK(world.answer(1) == "1");  // once
    CHECK(world.ask(3) == 1);
    CHECK(world.answer(3) == "late");
}

TEST_CASE("the work goes on when its asker is gone, or has given up", "[replies]") {
    Once world;
    world.ask(1);
    world.ask(2, "l");
    const bool gone = GENERATE(true, false);
    if (gone) {
        world.broker->abandon_all(kLink);
    } else {
        world.broker->abandon(kLink, 1);
        world.broker->abandon(kLink, 2);
    }
    for (const Request& each : world.services.requests)
        CHECK_FALSE(world.cancelled(each.call));
    world.settle("done");
    CHECK(world.services.answers.empty());
    CHECK(world.ask(3, "l", "\x01", "orders", kOtherLink) == 2);
    CHECK(world.answer(3) == "done");
}

TEST_CASE("work without outcome is given up, and its outcome is unknown from then on", "[replies]") {
    Once world;
    world.ask(1);
    const CallId work = world.services.requests.back().call;
    world.pass(seconds(31));
    CHECK_FALSE(world.cancelled(work));
    world.ask(2);
    world.pass(milliseconds(1500));
    CHECK(world.cancelled(work));
    CHECK(world.answer(2) == "100");
    CHECK(world.ask(3) == 1);
    CHECK(world.answer(3) == "100");
    CHECK(world.broker->counts().calls == 0);
}

TEST_CASE("outcomes are kept for their time", "[replies]") {
    Once world;
    world.ask(1);
    world.settle("done");
    world.pass(seconds(299));
    CHECK(world.ask(2) == 1);
    world.pass(seconds(2));
    CHECK(world.ask(3) == 2);
}

TEST_CASE("outcomes are kept within their bound, the newest first", "[replies]") {
    Options options = World::open_options();
    options.max_replies_bytes = 100'000;
    Once world(options);
    for (CallId i = 1; i <= 300; ++i) {
        world.ask(i, "k" + std::to_string(i));
        world.settle(std::string(1000, 'x'));
    }
    CHECK(world.ask(1001, "k300") == 300);
    CHECK(world.ask(1002, "k250") == 300);
    CHECK(world.ask(1003, "k200") == 301);
    options.max_replies_bytes = 0;
    Once forgetful(options);
    forgetful.ask(1);
    forgetful.settle("done");
    CHECK(forgetful.ask(2) == 2);
}

TEST_CASE("of one request a thousand wait at the most", "[replies]") {
    Once world;
    for (CallId i = 1; i <= 1001; ++i)
        world.ask(i);
    CHECK(world.answer(1000) == "none");
    CHECK(world.answer(1001) == "111");
    CHECK(world.services.requests.size() == 1);
}

}  // namespace
}  // namespace fairlead::core
