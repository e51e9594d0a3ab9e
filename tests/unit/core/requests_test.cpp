// SPDX-License-Identifier: Apache-2.0
#include "world.h"

namespace fairlead::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr LinkId kLink = 3;

Request request_of(CallId number, std::string topic = "a.b") {
    Request request;
    request.call = number;
    request.topic = std::move(topic);
    auto caller = std::make_shared<Caller>();
    caller->service = "orders";
    request.caller = caller;
    return request;
}

void pass(World& world, milliseconds by) {
    world.clock.advance(by);
    world.broker->tick();
}

std::uint32_t code_of(const Outcome& outcome) {
    return std::get<wire::Failure>(outcome).code;
}

TEST_CASE("a client's request carries its caller and brings one reply", "[requests]") {
    World world;
    auto connect = World::connect_command(kAnn, World::user_claims("ann"));
    connect->claims->session = "s1";
    connect->meta = "\x80";
    connect->address = "192.0.2.1";
    world.broker->handle(std::move(connect));
    const std::string id = world.edges[0].take<std::unique_ptr<Connected>>()->client_id;

    const CallId call = world.call(kAnn, 7, "orders.create");
    const Request& request = world.services.requests.back();
    CHECK(request.topic == "orders.create");
    CHECK(request.payload == "\x01");
    CHECK(request.headers.empty());
    CHECK(request.caller->service.empty());
    CHECK(request.caller->user == "ann");
    CHECK(request.caller->client == id);
    CHECK(request.caller->session == "s1");
    CHECK(request.caller->address == "192.0.2.1");
    CHECK(request.caller->meta == "\x80");
    CHECK(world.broker->counts().calls == 1);
    CHECK(world.silent());

    world.broker->settle(call, Outcome("\x2a"));
    const auto answered = world.edges[0].take<Answered>();
    CHECK(answered.client == kAnn);
    CHECK(answered.id == 7);
    CHECK(answered.payload == "\x2a");

    world.broker->settle(call, Outcome("\x2b"));
    CHECK(world.silent());
    CHECK(world.broker->counts().late_outcomes == 1);
    CHECK(world.broker->counts().calls == 0);
    pass(world, seconds(10));
    CHECK(world.silent());
    CHECK(world.services.cancelled.empty());
}

TEST_CASE("the requests of one client share their caller", "[requests]") {
    World world;
    world.connect(kAnn);
    world.call(kAnn, 1, "a");
    world.call(kAnn, 2, "b");
    CHECK(world.services.requests[0].caller == world.services.requests[1].caller);
}

TEST_CASE("call ids carry the boot and never come twice", "[requests]") {
    World world;
    world.connect(kAnn);
    const CallId first = world.call(kAnn, 1, "a");
    const CallId second = world.call(kAnn, 2, "a");
    CHECK(second == first + 1);
    const CallId boot = std::stoull(world.broker->boot().substr(0, 4), nullptr, 16);
    CHECK(first >> 48 == boot);
    world.broker->settle(first ^ CallId{1} << 48, Outcome("x"));
    CHECK(world.silent());
    CHECK(world.broker->counts().late_outcomes == 1);
    CHECK(world.broker->counts().calls == 2);
}

TEST_CASE("a topic that is not granted is denied, whether or not it exists", "[requests]") {
    Options options = World::open_options();
    options.topics = {"shop.*", "chat.>"};
    World world(options);
    world.connect(kAnn);
    const auto [topic, code] = GENERATE(table<std::string, std::uint32_t>({{"orders.create", 103},
                                                                           {"shop", 103},
                                                                           {"shop.a.b", 103},
                                                                           {"Shop.a", 103},
                                                                           {"_admin", 103},
                                                                           {"chat", 103},
                                                                           {"", 107},
                                                                           {"shop.", 107},
                                                                           {".shop", 107},
                                                                           {"shop..a", 107},
                                                                           {"shop.*", 107},
                                                                           {"chat.>", 107},
                                                                           {"shop.%2e", 107},
                                                                           {"shop.a/b", 107},
                                                                           {std::string("shop.a\0", 7), 107},
                                                                           {"shop.\xc3\xa9", 107}}));
    world.services.routed.state = GENERATE(Routed::State::not_found, Routed::State::taken);
    world.broker->handle(Call{kAnn, 4, topic, {}});
    const auto failed = world.edges[0].take<Failed>();
    CHECK(failed.id == 4);
    CHECK(failed.failure.code == code);
    CHECK(world.services.requests.empty());
    CHECK(world.broker->counts().calls == 0);
}

TEST_CASE("a wildcard does not grant reserved topics", "[requests]") {
    World world;
    world.connect(kAnn);
    world.broker->handle(Call{kAnn, 4, "_broker.stop", {}});
    CHECK(world.edges[0].take<Failed>().failure.code == 103);
}

TEST_CASE("a request that nobody can take fails at once", "[requests]") {
    World world;
    world.connect(kAnn);
    world.services.routed.state = Routed::State::not_found;
    world.broker->handle(Call{kAnn, 4, "a.b", {}});
    CHECK(world.edges[0].take<Failed>().failure.code == 104);
    world.services.routed.state = Routed::State::overloaded;
    world.broker->handle(Call{kAnn, 5, "a.b", {}});
    const auto failed = world.edges[0].take<Failed>();
    CHECK(failed.failure.code == 111);
    CHECK(failed.failure.temporary);
    CHECK(world.broker->counts().calls == 0);
    pass(world, seconds(10));
    CHECK(world.silent());
}

TEST_CASE("a deadline is a temporary failure for a client", "[requests]") {
    World world;
    world.connect(kAnn);
    const bool named = GENERATE(true, false);
    const milliseconds deadline = named ? milliseconds(1500) : milliseconds(4000);
    if (named) world.services.routed.deadline = world.clock.now() + deadline;
    const CallId call = world.call(kAnn, 7, "a.b");
    pass(world, deadline - milliseconds(1));
    CHECK(world.silent());
    pass(world, milliseconds(20));
    const auto failed = world.edges[0].take<Failed>();
    CHECK(failed.id == 7);
    CHECK(failed.failure.code == 100);
    CHECK(failed.failure.temporary);
    CHECK(failed.failure.message.starts_with("deadline exceeded"));
    CHECK(world.services.cancelled == std::vector<CallId>{call});

    world.broker->settle(call, Outcome("late"));
    CHECK(world.silent());
    CHECK(world.broker->counts().late_outcomes == 1);
}

TEST_CASE("a deadline is code 1 for a service", "[requests]") {
    World world;
    Request request = request_of(11);
    request.deadline = world.clock.now() + seconds(1);
    world.services.routed.deadline = request.deadline;
    world.broker->call(kLink, std::move(request));
    CHECK(world.services.requests.back().deadline == world.clock.now() + seconds(1));
    pass(world, milliseconds(1020));
    REQUIRE(world.services.answers.size() == 1);
    CHECK(world.services.answers[0].link == kLink);
    CHECK(world.services.answers[0].call == 11);
    CHECK(code_of(world.services.answers[0].outcome) == 1);
    CHECK(world.services.cancelled.size() == 1);
}

TEST_CASE("a request whose deadline has passed is not handed over", "[requests]") {
    World world;
    Request request = request_of(11);
    request.deadline = world.clock.now() - milliseconds(1);
    world.broker->call(kLink, std::move(request));
    CHECK(world.services.requests.empty());
    CHECK(code_of(world.services.answers.at(0).outcome) == 1);
    CHECK(world.broker->counts().calls == 0);
}

TEST_CASE("a service's request keeps what it carries under a number of ours", "[requests]") {
    World world;
    Request request = request_of(11, "stock.reserve");
    request.headers = {{"h", "v"}};
    request.trace = "t";
    request.key = "k";
    request.payload = "p";
    world.broker->call(kLink, std::move(request));
    const Request& sent = world.services.requests.back();
    CHECK(sent.call != 11);
    CHECK(sent.topic == "stock.reserve");
    CHECK(sent.headers == Tags{{"h", "v"}});
    CHECK(sent.trace == "t");
    CHECK(sent.key == "k");
    CHECK(sent.payload == "p");
    CHECK(sent.caller->service == "orders");
    world.broker->settle(sent.call, Outcome("done"));
    CHECK(world.services.answers.at(0).call == 11);
    CHECK(std::get<std::string>(world.services.answers[0].outcome) == "done");
}

TEST_CASE("a service gets the error codes as they are", "[requests]") {
    World world;
    CHECK_NOTHROW(world.broker->call(kLink, request_of(1, "not a topic")));
    CHECK(code_of(world.services.answers.at(0).outcome) == 107);
    world.services.routed.state = Routed::State::not_found;
    world.broker->call(kLink, request_of(2));
    CHECK(code_of(world.services.answers.at(1).outcome) == 104);
    world.services.routed.state = Routed::State::taken;
    world.broker->call(kLink, request_of(3));
    world.broker->settle(world.services.requests.back().call, wire::Failure{1422, "no", false});
    CHECK(code_of(world.services.answers.at(2).outcome) == 1422);
}

TEST_CASE("a client never sees a code that its SDK would take for its own", "[requests]") {
    World world;
    world.connect(kAnn);
    const auto [code, seen] = GENERATE(table<std::uint32_t, std::uint32_t>({{0, 100},
                                                                            {1, 100},
                                                                            {2, 100},
                                                                            {3, 100},
                                                                            {99, 100},
                                                                            {100, 100},
                                                                            {104, 104},
                                                                            {111, 111},
                                                                            {150, 100},
                                                                            {399, 100},
                                                                            {400, 400},
                                                                            {1422, 1422},
                                                                            {1999, 1999},
                                                                            {2000, 100},
                                                                            {0xffffffff, 100}}));
    const CallId call = world.call(kAnn, 7, "a.b");
    world.broker->settle(call, wire::Failure{code, "why", false});
    const auto failed = world.edges[0].take<Failed>();
    CHECK(failed.failure.code == seen);
    CHECK(failed.failure.message == "why");
}

TEST_CASE("the requests of a client that left are cancelled and their outcomes dropped", "[requests]") {
    World world;
    world.connect(kAnn);
    world.connect(kBob);
    const CallId first = world.call(kAnn, 1, "a");
    const CallId other = world.call(kBob, 1, "a");
    const CallId second = world.call(kAnn, 2, "a");
    world.broker->settle(world.call(kAnn, 3, "a"), Outcome("x"));
    world.edges[0].take<Answered>();
    world.broker->handle(Disconnected{kAnn, 0, {}});
    std::vector<CallId> cancelled = world.services.cancelled;
    std::sort(cancelled.begin(), cancelled.end());
    CHECK(cancelled == std::vector<CallId>{first, second});
    world.broker->settle(first, Outcome("x"));
    CHECK(world.silent());
    CHECK(world.broker->counts().late_outcomes == 1);
    world.broker->settle(other, Outcome("x"));
    CHECK(world.edges[0].take<Answered>().client == kBob);
}

TEST_CASE("a service gives up one request, or all with its link", "[requests]") {
    World world;
    for (CallId number : {1U, 2U, 3U})
        world.broker->call(kLink, request_of(number));
    world.broker->call(kLink + 1, request_of(1));
    world.broker->abandon(kLink, 2);
    CHECK(world.services.cancelled == std::vector<CallId>{world.services.requests[1].call});
    world.broker->abandon(kLink, 2);
    world.broker->abandon(kLink, 99);
    CHECK(world.services.cancelled.size() == 1);
    world.broker->abandon_all(kLink);
    CHECK(world.services.cancelled.size() == 3);
    CHECK(world.broker->counts().calls == 1);
    world.broker->abandon_all(kLink);
    world.broker->abandon_all(77);
    CHECK(world.services.cancelled.size() == 3);
    CHECK(world.services.answers.empty());
}

TEST_CASE("a number that a service uses twice at once is not answered twice", "[requests]") {
    World world;
    world.broker->call(kLink, request_of(1));
    world.broker->call(kLink, request_of(1));
    CHECK(world.services.requests.size() == 1);
    world.broker->settle(world.services.requests[0].call, Outcome("x"));
    CHECK(world.services.answers.size() == 1);
    world.broker->call(kLink, request_of(1));
    CHECK(world.services.requests.size() == 2);
}

TEST_CASE("a request may be settled while it is handed over", "[requests]") {
    World world;
    world.connect(kAnn);
    world.services.on_request = [&](CallId id) { world.broker->settle(id, Outcome("at once")); };
    world.broker->handle(Call{kAnn, 7, "a.b", {}});
    CHECK(world.edges[0].take<Answered>().payload == "at once");
    CHECK(world.broker->counts().calls == 0);
    pass(world, seconds(10));
    CHECK(world.silent());
}

TEST_CASE("a service may ask again from within an answer", "[requests]") {
    World world;
    int rounds = 0;
    world.services.on_answer = [&](const ServicesRecorder::Answer&) {
        if (++rounds < 5) world.broker->call(kLink, request_of(1));
    };
    world.broker->call(kLink, request_of(1));
    for (int i = 0; i < 5; ++i)
        pass(world, seconds(5));
    CHECK(rounds == 5);
    CHECK(world.broker->counts().calls == 0);
}

TEST_CASE("a send becomes an event with its caller, or closes where nobody takes it", "[requests]") {
    Options options = World::open_options();
    options.send_topic = GENERATE("", "client.send");
    World world(options);
    world.connect(kAnn, "ann");
    world.broker->handle(Send{kAnn, "payload"});
    if (options.send_topic.empty()) {
        CHECK(world.edges[0].take<CloseClient>().code == 3508);
        CHECK(world.broker->counts().clients == 0);
        CHECK(world.services.events.empty());
    } else {
        CHECK(world.silent());
        REQUIRE(world.services.events.size() == 1);
        CHECK(world.services.events[0].topic == "client.send");
        CHECK(world.services.events[0].payload == "payload");
        CHECK(world.services.events[0].caller->user == "ann");
    }
}

}  // namespace
}  // namespace fairlead::core
