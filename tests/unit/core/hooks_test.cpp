// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "core/hook_cache.h"
#include "unit/core/world.h"
#include "wire/frame_writer.h"
#include "wire/hook.h"

namespace fairlead::core {
namespace {

using namespace std::chrono_literals;
using wire::HookAnswer;

Options hooked(std::vector<Decider> subscribe, std::vector<Decider> publish, bool connect = false) {
    Options options = World::open_options();
    options.namespaces = {{"*", {Decider::anyone}, {Decider::anyone}}, {"h", std::move(subscribe), std::move(publish)}};
    options.hook.connect = connect;
    return options;
}

Options hooked() {
    return hooked({Decider::hook}, {Decider::hook});
}

std::string bytes(const HookAnswer& answer) {
    std::string out;
    wire::write(answer, out);
    return out;
}

HookAnswer allow() {
    HookAnswer answer;
    answer.allow = true;
    return answer;
}

HookAnswer deny(std::uint32_t code = 1403, std::string_view reason = "no") {
    HookAnswer answer;
    answer.code = code;
    answer.reason = reason;
    return answer;
}

struct HookWorld : World {
    using World::World;

    std::size_t asked() const { return services.requests.size(); }
    const Request& last() const { return services.requests.back(); }
    void answer(std::size_t question, const HookAnswer& answer) {
        broker->settle(services.requests[question].call, Outcome(bytes(answer)));
    }
    void fault(std::size_t question, wire::Code code) {
        broker->settle(services.requests[question].call, Outcome(wire::failure(code)));
    }
    void publish(ClientKey key, std::uint32_t id, std::string channel, std::string data = "1") {
        broker->handle(Publish{key, id, std::move(channel), {Encoding::json, std::move(data)}});
    }
    Failed failed(ClientKey key) { return edge(key).take<Failed>(); }
};

constexpr ClientKey kCid{0, 2, 1};

}  // namespace

TEST_CASE("a hook is asked and its answer counts", "[hooks]") {
    HookWorld world(hooked());
    const std::string id = world.connect(kAnn, "ann");
    world.broker->handle(Subscribe{kAnn, 2, "h:1", {}, {}, {Encoding::json, "here"}});
    REQUIRE(world.asked() == 1);
    CHECK(world.last().topic == "_hook.subscribe.h");
    CHECK(world.last().caller->user == "ann");
    CHECK(world.last().caller->client == id);
    CHECK(world.last().deadline == world.clock.now() + 3s);
    wire::HookReader reader;
    wire::HookQuestion question;
    REQUIRE(reader.read(world.last().payload, question));
    CHECK(question.channel == "h:1");
    CHECK(question.data == "\xa4here");
    CHECK(world.silent());
    world.answer(0, allow());
    CHECK(world.edge(kAnn).take<Subscribed>().channel == "h:1");
    world.broker->handle(Subscribe{kAnn, 3, "h:2", {}});
    world.answer(1, deny());
    const Failed failed = world.failed(kAnn);
    CHECK(failed.id == 3);
    CHECK(failed.failure.code == 1403);
    CHECK(failed.failure.message == "no");
    CHECK_FALSE(failed.failure.temporary);
    CHECK(world.broker->publish({"h:2", {Encoding::json, "1"}, {}, {}, 0}).clients == 0);
}

TEST_CASE("a subscribe hook says what others see of the subscriber, and for how long", "[hooks]") {
    HookWorld world(hooked({Decider::token, Decider::hook}, {Decider::anyone}));
    world.connect(kAnn, "ann");
    const auto token = [&](std::string info, std::optional<base::Wall> expires = {}) {
        auto claims = std::make_unique<SubscriptionClaims>();
        claims->user = "ann";
        claims->channel = "h:1";
        claims->info = std::move(info);
        claims->expires = expires;
        return claims;
    };
    const auto info = [&] {
        world.publish(kAnn, 9, "h:1");
        const std::string seen = world.edge(kAnn).take<Deliver>()->info->chan_info;
        world.edge(kAnn).take<Published>();
        return seen;
    };
    const auto pass = [&](std::chrono::seconds time) {
        world.clock.advance(time);
        world.broker->tick();
    };
    const bool with_token = GENERATE(false, true);
    const auto subscribe = [&] {
        std::unique_ptr<SubscriptionClaims> claims;
        if (with_token) claims = token("T", world.clock.wall() + 60s);
        world.broker->handle(Subscribe{kAnn, 2, "h:1", {}, std::move(claims)});
    };
    HookAnswer answer = allow();
    answer.info = "\xa1I";
    answer.expires_in = 10;
    subscribe();
    world.answer(0, answer);
    CHECK(world.edge(kAnn).take<Subscribed>().ttl.has_value() == with_token);
    CHECK(info() == "I");
    world.broker->reload(hooked({Decider::token, Decider::hook}, {Decider::anyone}));
    if (with_token) {
        world.broker->handle(SubRefresh{kAnn, 4, "h:1", token("N")});
        world.edge(kAnn).take<SubRefreshed>();
        CHECK(info() == "I");
        pass(200s);
        CHECK(world.silent());
        return;
    }
    world.broker->handle(SubRefresh{kAnn, 4, "h:1", token("N")});
    CHECK(world.failed(kAnn).failure.code == 108);  // it has no token
    pass(9s);
    CHECK(world.silent());
    pass(2s);
    CHECK(world.edge(kAnn).take<Dropped>().code == 2501);
    subscribe();
    REQUIRE(world.asked() == 2);
    world.answer(1, allow());
    world.edge(kAnn).take<Subscribed>();
    CHECK(info().empty());
    pass(200s);
    CHECK(world.silent());
}

TEST_CASE("a hook rewrites what is published", "[hooks]") {
    HookWorld world(hooked({Decider::anyone}, {Decider::user, Decider::hook}));
    world.connect(kAnn, "ann");
    world.subscribe(kAnn, "h:1");
    world.publish(kAnn, 7, "h:1", "x");
    REQUIRE(world.asked() == 1);
    CHECK(world.last().topic == "_hook.publish.h");
    HookAnswer answer = allow();
    answer.data = "\xa1y";
    world.answer(0, answer);
    const auto delivered = world.edge(kAnn).take<Deliver>();
    CHECK(delivered->data.encoding == Encoding::msgpack);
    CHECK(delivered->data.bytes == "\xa1y");
    CHECK(world.edge(kAnn).take<Published>().id == 7);
    answer.data = std::string_view("\xc4\x00", 2);  // no JSON
    world.publish(kAnn, 8, "h:1", "x");
    world.answer(1, answer);
    CHECK(world.failed(kAnn).failure.code == 100);
    CHECK(world.silent());
}

TEST_CASE("where a hook stands in the list says how much it counts", "[hooks]") {
    struct Case {
        std::vector<Decider> list;
        const char* user;
        bool asked;
        std::uint32_t when_refused;
    };
    const Case cases[] = {{{Decider::hook}, "", true, 1403},
                          {{Decider::user, Decider::hook}, "ann", true, 1403},
                          {{Decider::user, Decider::hook}, "", true, 1403},
                          {{Decider::hook, Decider::user}, "ann", true, 0},
                          {{Decider::hook, Decider::user}, "", true, 1403},
                          {{Decider::user, Decider::hook, Decider::nobody}, "ann", false, 0},
                          {{Decider::nobody}, "ann", false, 103}};
    for (const Case& each : cases) {
        HookWorld world(hooked({Decider::anyone}, each.list));
        world.connect(kAnn, each.user);
        world.publish(kAnn, 2, "h:1");
        CHECK(world.asked() == (each.asked ? 1U : 0U));
        if (each.asked) world.answer(0, deny());
        if (each.when_refused == 0) {
            world.edge(kAnn).take<Published>();
        } else {
            CHECK(world.failed(kAnn).failure.code == each.when_refused);
        }
        if (!each.asked) continue;
        world.publish(kAnn, 3, "h:1");
        world.fault(1, wire::Code::internal);
        CHECK(world.failed(kAnn).failure.code == 100);  // a fault never lets through
    }
}

TEST_CASE("without a usable answer it is no, for now", "[hooks]") {
    HookWorld world(hooked());
    world.connect(kAnn, "ann");
    const auto refused = [&] {
        const Failed failed = world.failed(kAnn);
        CHECK(failed.failure.code == 100);
        CHECK(failed.failure.temporary);
        CHECK(world.silent());
    };
    SECTION("nobody serves it") {
        world.services.routed.state = Routed::State::not_found;
        world.publish(kAnn, 2, "h:1");
    }
    SECTION("its queue is full") {
        world.services.routed.state = Routed::State::overloaded;
        world.publish(kAnn, 2, "h:1");
    }
    SECTION("it is silent") {
        world.services.routed.deadline = world.clock.now() + 3s;
        world.publish(kAnn, 2, "h:1");
        world.clock.advance(2900ms);
        world.broker->tick();
        CHECK(world.silent());
        world.clock.advance(200ms);
        world.broker->tick();
        CHECK(world.services.cancelled.size() == 1);
    }
    SECTION("it throws") {
        world.publish(kAnn, 2, "h:1");
        world.broker->settle(world.last().call, Outcome(wire::Failure{100, "internal", false}));
    }
    SECTION("it says something else") {
        for (const char* odd : {"", "\xc0", "\x80", "\xc3", "\x91\x01"}) {
            world.publish(kAnn, 2, "h:1");
            world.broker->settle(world.last().call, Outcome(std::string(odd)));
            refused();
        }
        return;
    }
    refused();
}

TEST_CASE("codes that are not for clients become denied", "[hooks]") {
    HookWorld world(hooked());
    world.connect(kAnn, "ann");
    for (const auto& [given, told] : std::map<std::uint32_t, std::uint32_t>{
             {0, 103}, {1, 103}, {100, 103}, {101, 101}, {109, 109}, {111, 103}, {399, 103}, {400, 400}, {1999, 1999},
             {2000, 103}, {4000000000, 103}}) {
        world.publish(kAnn, 2, "h:1");
        world.answer(world.asked() - 1, deny(given));
        CHECK(world.failed(kAnn).failure.code == told);
    }
}

TEST_CASE("a client's commands wait behind its question, others do not", "[hooks]") {
    HookWorld world(hooked());
    world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    world.publish(kAnn, 2, "h:1");
    world.broker->handle(Subscribe{kAnn, 3, "free", {}});
    world.publish(kAnn, 4, "h:2");
    world.broker->handle(Unsubscribe{kAnn, 5, "free"});
    CHECK(world.silent());
    CHECK(world.asked() == 1);
    world.subscribe(kBob, "free");
    world.answer(0, allow());
    CHECK(world.edge(kAnn).take<Published>().id == 2);
    CHECK(world.edge(kAnn).take<Subscribed>().id == 3);
    CHECK(world.silent());
    REQUIRE(world.asked() == 2);
    world.answer(1, deny());
    CHECK(world.failed(kAnn).id == 4);
    CHECK(world.edge(kAnn).take<Unsubscribed>().id == 5);
    CHECK(world.silent());
}

TEST_CASE("what waits is bounded in number and bytes", "[hooks]") {
    Options options = hooked();
    options.hook.queue_commands = 3;
    options.hook.queue_bytes = 2000;
    HookWorld world(std::move(options));
    world.connect(kAnn, "ann");
    world.publish(kAnn, 2, "h:1");
    SECTION("number") {
        for (std::uint32_t id = 3; id < 6; ++id)
            world.broker->handle(Call{kAnn, id, "a", ""});
        CHECK(world.silent());
        world.broker->handle(Call{kAnn, 6, "a", ""});
        world.broker->handle(Send{kAnn, "x"});  // has no answer
    }
    SECTION("bytes") {
        world.broker->handle(Call{kAnn, 3, "a", std::string(5000, 'x')});  // one always fits
        CHECK(world.silent());
        world.broker->handle(Call{kAnn, 6, "a", ""});
    }
    const Failed failed = world.failed(kAnn);
    CHECK(failed.id == 6);
    CHECK(failed.failure.code == 111);
    CHECK(world.silent());
    world.answer(0, allow());
    world.edge(kAnn).take<Published>();
    CHECK(world.last().topic == "a");
}

TEST_CASE("a long queue whose questions are answered at once is emptied without depth", "[hooks]") {
    Options options = hooked();
    options.hook.queue_commands = 60'000;
    options.hook.queue_bytes = 64 * 1024 * 1024;
    HookWorld world(std::move(options));
    world.connect(kAnn, "ann");
    world.publish(kAnn, 2, "h:1");
    for (std::uint32_t id = 3; id < 60'000; ++id)
        world.publish(kAnn, id, "h:1");
    world.services.routed.state = Routed::State::not_found;
    world.answer(0, allow());
    world.edge(kAnn).take<Published>();
    for (std::uint32_t id = 3; id < 60'000; ++id)
        REQUIRE(world.failed(kAnn).id == id);
    CHECK(world.silent());
}

TEST_CASE("a client that leaves takes its question and its commands with it", "[hooks]") {
    HookWorld world(hooked());
    world.connect(kAnn, "ann");
    world.publish(kAnn, 2, "h:1");
    world.broker->handle(Call{kAnn, 3, "a", ""});
    const CallId call = world.last().call;
    world.broker->handle(Disconnected{kAnn, 1000, ""});
    CHECK(world.services.cancelled == std::vector<CallId>{call});
    CHECK(world.broker->counts().calls == 0);
    world.connect({0, 0, 2}, "eve");  // the same slot
    world.answer(0, allow());
    CHECK(world.silent());
    CHECK(world.asked() == 1);
    CHECK(world.broker->counts().late_outcomes == 1);
}

TEST_CASE("equal questions are asked once when the answer lasts", "[hooks]") {
    HookWorld world(hooked());
    const ClientKey keys[] = {kAnn, kBob, kCid};
    for (const ClientKey& key : keys)
        world.connect(key, "ann");
    for (const ClientKey& key : keys)
        world.broker->handle(Subscribe{key, 2, "h:1", {}});
    CHECK(world.asked() == 1);
    SECTION("it lasts") {
        HookAnswer answer = allow();
        answer.cache_for = 10s;
        world.answer(0, answer);
        for (int i = 0; i < 3; ++i)
            world.edge(kAnn).take<Subscribed>();
        world.connect({0, 3, 1}, "ann");
        world.subscribe({0, 3, 1}, "h:1");
        world.connect({0, 4, 1}, "bob");
        world.broker->handle(Subscribe{{0, 4, 1}, 2, "h:1", {}});  // another user is another question
        CHECK(world.asked() == 2);
        world.clock.advance(11s);
        world.connect({0, 5, 1}, "ann");
        world.broker->handle(Subscribe{{0, 5, 1}, 2, "h:1", {}});
        CHECK(world.asked() == 3);
    }
    SECTION("it does not") {
        world.answer(0, allow());
        world.edge(kAnn).take<Subscribed>();
        CHECK(world.asked() == 3);
        world.answer(2, deny());
        CHECK(world.failed(kAnn).id == 2);
        world.answer(1, allow());
        world.edge(kAnn).take<Subscribed>();
    }
    SECTION("it is none") {
        world.fault(0, wire::Code::internal);
        for (int i = 0; i < 3; ++i)
            CHECK(world.failed(kAnn).failure.code == 100);
        CHECK(world.asked() == 1);
    }
    SECTION("the one that asked leaves") {
        world.broker->handle(Disconnected{kAnn, 1000, ""});
        REQUIRE(world.asked() == 2);
        CHECK(world.services.cancelled == std::vector<CallId>{world.services.requests[0].call});
        HookAnswer answer = allow();
        answer.cache_for = 10s;
        world.answer(1, answer);
        world.edge(kAnn).take<Subscribed>();
        world.edge(kAnn).take<Subscribed>();
    }
    SECTION("one that waits leaves") {
        world.broker->handle(Disconnected{kBob, 1000, ""});
        HookAnswer answer = allow();
        answer.cache_for = 10s;
        world.answer(0, answer);
        world.edge(kAnn).take<Subscribed>();
        world.edge(kAnn).take<Subscribed>();
    }
    CHECK(world.silent());
}

TEST_CASE("only so many questions are open", "[hooks]") {
    Options options = hooked();
    options.hook.max_concurrent = 1;
    HookWorld world(std::move(options));
    world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    world.publish(kAnn, 2, "h:1");
    world.publish(kBob, 2, "h:1");
    const Failed failed = world.failed(kBob);
    CHECK(failed.failure.code == 111);
    CHECK(failed.failure.temporary);
    world.answer(0, allow());
    world.edge(kAnn).take<Published>();
    world.publish(kBob, 3, "h:1");
    CHECK(world.asked() == 2);
}

TEST_CASE("a connect hook says who comes in", "[hooks]") {
    Options options = hooked({Decider::anyone}, {Decider::anyone}, true);
    options.anonymous = false;
    HookWorld world(std::move(options));
    auto connect = World::connect_command(kAnn);
    connect->data = {Encoding::json, "pw"};
    connect->name = "js";
    connect->address = "10.0.0.7";
    world.broker->handle(std::move(connect));
    REQUIRE(world.asked() == 1);
    CHECK(world.last().topic == "_hook.connect");
    const std::string id = world.last().caller->client;
    CHECK(world.last().caller->address == "10.0.0.7");
    CHECK(world.broker->counts().clients == 0);
    CHECK(world.broker->push(id, {Encoding::json, "1"}).failure.code == 104);
    world.broker->handle(Subscribe{kAnn, 2, "h:1", {}});  // sent without waiting
    HookAnswer answer = allow();
    SECTION("in") {
        answer.user = "ann";
        answer.session = "s1";
        answer.info = "\xa4info";
        answer.meta = "\x80";
        answer.channels = {"news", "news"};
        world.answer(0, answer);
        const auto connected = world.edge(kAnn).take<std::unique_ptr<Connected>>();
        CHECK(connected->client_id == id);
        CHECK(World::names_of(*connected) == std::vector<std::string>{"user:ann", "news"});
        CHECK_FALSE(connected->ttl);
        world.edge(kAnn).take<Subscribed>();
        world.broker->handle(Call{kAnn, 3, "a", ""});
        CHECK(world.last().caller->user == "ann");
        CHECK(world.last().caller->session == "s1");
        CHECK(world.last().caller->meta == "\x80");
        CHECK(world.broker->publish({"news", {Encoding::json, "1"}, {}, {}, 0}).clients == 1);
        CHECK(world.broker->disconnect_user("ann", 0, "").clients == 1);
    }
    SECTION("nobody") {  // without a name it is anonymous, and the broker lets none of them in
        world.answer(0, answer);
        CHECK(world.edge(kAnn).take<CloseClient>().code == 3507);
        CHECK(world.silent());
    }
    SECTION("out") {
        world.answer(0, deny(1401, "wrong password"));
        const Failed failed = world.failed(kAnn);
        CHECK(failed.connect);
        CHECK(failed.id == 1);
        CHECK(failed.failure.code == 1401);
        CHECK(world.silent());
    }
    SECTION("no answer") {
        world.fault(0, wire::Code::internal);
        const Failed failed = world.failed(kAnn);
        CHECK(failed.connect);
        CHECK(failed.failure.code == 100);
        CHECK(failed.failure.temporary);
    }
    SECTION("a user that cannot be") {
        answer.user = "a b";
        world.answer(0, answer);
        CHECK(world.failed(kAnn).failure.code == 100);
    }
    SECTION("a channel that cannot be") {
        answer.user = "ann";
        answer.channels = {GENERATE("bad name", "user:eve")};
        world.answer(0, answer);
        CHECK(world.failed(kAnn).failure.code == 100);
    }
    SECTION("it leaves first") {
        world.broker->handle(Disconnected{kAnn, 1000, ""});
        CHECK(world.services.cancelled.size() == 1);
        world.answer(0, answer);
        CHECK(world.silent());
    }
    if (!world.edge(kAnn).posted.empty()) world.edge(kAnn).posted.clear();
    world.broker->handle(Disconnected{kAnn, 1000, ""});
    CHECK(world.broker->counts().clients == 0);
    CHECK(world.broker->counts().channels == 0);
}

TEST_CASE("a token's user is not the hook's to change", "[hooks]") {
    HookWorld world(hooked({Decider::anyone}, {Decider::anyone}, true));
    world.broker->handle(World::connect_command(kAnn, World::user_claims("ann")));
    CHECK(world.last().caller->user == "ann");
    HookAnswer answer = allow();
    answer.user = GENERATE("ann", "bob", "");
    world.answer(0, answer);
    if (answer.user == "bob") {
        CHECK(world.failed(kAnn).failure.code == 100);
    } else {
        CHECK(world.edge(kAnn).take<std::unique_ptr<Connected>>()->channels.front().name == "user:ann");
    }
}

TEST_CASE("the time that a connect hook gives", "[hooks]") {
    Options options = hooked({Decider::anyone}, {Decider::anyone}, true);
    options.hook.refresh = GENERATE(false, true);
    const bool refresh = options.hook.refresh;
    HookWorld world(std::move(options));
    world.broker->handle(World::connect_command(kAnn));
    HookAnswer answer = allow();
    answer.user = "ann";
    answer.expires_in = 60;
    world.answer(0, answer);
    CHECK_FALSE(world.edge(kAnn).take<std::unique_ptr<Connected>>()->ttl);  // it has no token to bring
    const auto pass = [&](std::chrono::seconds time) {
        for (; time > 0s; time -= 1s) {
            world.clock.advance(1s);
            world.broker->tick();
        }
    };
    pass(59s);
    CHECK(world.silent());
    CHECK(world.asked() == 1);
    pass(2s);
    if (!refresh) {
        CHECK(world.edge(kAnn).take<CloseClient>().code == 3005);
        return;
    }
    REQUIRE(world.asked() == 2);
    CHECK(world.last().topic == "_hook.refresh");
    CHECK(world.silent());
    SECTION("it stays") {
        world.answer(1, answer);
        CHECK(world.silent());
        pass(62s);
        CHECK(world.asked() == 3);
        world.answer(2, allow());
        pass(200s);
        CHECK(world.asked() == 3);
        CHECK(world.silent());
    }
    SECTION("it goes") {
        world.answer(1, deny());
        CHECK(world.edge(kAnn).take<CloseClient>().code == 3005);
    }
    SECTION("no answer is asked for again, but not for ever") {
        for (std::size_t question = 1; question < 7; ++question) {
            CHECK(world.silent());
            world.fault(question, wire::Code::internal);
            if (question < 6) pass(6s);
        }
        CHECK(world.edge(kAnn).take<CloseClient>().code == 3005);
    }
    SECTION("it leaves meanwhile") {
        world.broker->handle(Disconnected{kAnn, 1000, ""});
        CHECK(world.services.cancelled.size() == 1);
        world.answer(1, deny());
        CHECK(world.silent());
    }
}

TEST_CASE("labels of a hook are what permissions ask for, and a reload ends none of its clients", "[hooks]") {
    Options options = hooked({Decider::hook}, {Decider::permission}, true);
    options.anonymous = false;
    options.hook.refresh = true;
    options.permissions.push_back({{}, {"staff"}, {}, {}, {}, {"h:*"}});
    HookWorld world(options);
    world.broker->handle(World::connect_command(kAnn));
    HookAnswer answer = allow();
    answer.user = "ann";
    answer.labels = {"staff"};
    answer.expires_in = 10;
    world.answer(0, answer);
    world.edge(kAnn).take<std::unique_ptr<Connected>>();
    world.broker->handle(World::connect_command(kBob));  // waits at the door while the rules change
    world.broker->handle(Subscribe{kAnn, 2, "h:1", {}});
    world.answer(2, allow());
    world.edge(kAnn).take<Subscribed>();
    world.broker->reload(options);
    CHECK(world.silent());
    world.answer(1, deny());
    CHECK(world.failed(kBob).connect);
    world.publish(kAnn, 3, "h:1");
    world.edge(kAnn).take<Deliver>();
    world.edge(kAnn).take<Published>();
    world.clock.advance(11s);
    world.broker->tick();
    REQUIRE(world.asked() == 4);
    answer.labels = {"guest"};
    world.answer(3, answer);
    world.publish(kAnn, 4, "h:1");
    CHECK(world.failed(kAnn).failure.code == 103);
}

HookAnswer lasting(std::string_view user = {}) {
    HookAnswer answer = allow();
    answer.user = user;
    answer.cache_for = 1h;
    return answer;
}

TEST_CASE("T29: who was let in by a rule that is gone does not stay for a hook that did not let them in",
          "[hooks][reload]") {
    const auto options = [](bool granted, std::vector<Decider> deciders) {
        Options all = hooked(std::move(deciders), {});
        PermissionOptions staff;
        staff.users = {granted ? "ann" : "somebody"};
        staff.subscribe = {"h:*"};
        all.permissions = {staff};
        return all;
    };
    const bool asked_first = GENERATE(true, false);
    const std::vector<Decider> deciders = asked_first ? std::vector{Decider::hook, Decider::permission}
                                                      : std::vector{Decider::permission, Decider::hook, Decider::token};
    HookWorld world(options(true, deciders));
    world.connect(kAnn, "ann");
    world.broker->handle(Subscribe{kAnn, 2, "h:1", {}});
    if (asked_first) world.answer(0, deny());
    REQUIRE(world.asked() == (asked_first ? 1 : 0));
    world.edge(kAnn).take<Subscribed>();
    world.broker->reload(options(false, deciders));
    const Dropped dropped = world.edge(kAnn).take<Dropped>();
    CHECK(dropped.channel == "h:1");
    CHECK(dropped.code == 2000);
}

TEST_CASE("T29: a key that is taken out lets nobody in who waits for the connect hook", "[hooks][revocation]") {
    HookWorld world(hooked({Decider::hook}, {}, true));
    Claims claims = World::user_claims("ann");
    claims.key_id = "blue";
    world.broker->handle(World::connect_command(kAnn, claims));
    world.broker->disconnect_key("blue");
    world.answer(0, allow());
    CHECK(world.edge(kAnn).take<CloseClient>().code == 3500);
    // Nor whom an edge thread had verified before.
    world.broker->handle(World::connect_command(kBob, claims));
    world.answer(1, allow());
    CHECK(world.edge(kBob).take<CloseClient>().code == 3500);
    CHECK(world.broker->counts().clients == 0);
    // It may be accepted again.
    world.clock.advance(1s);
    claims.verified = world.clock.now();
    world.broker->handle(World::connect_command(kCid, claims));
    world.answer(2, allow());
    world.edge(kCid).take<std::unique_ptr<Connected>>();
}

TEST_CASE("what the connect hook has said of a client stays when it brings another token", "[hooks]") {
    Options options = hooked({Decider::permission}, {}, true);
    PermissionOptions staff;
    staff.labels = {"staff"};
    staff.subscribe = {"h:*"};
    options.permissions = {staff};
    HookWorld world(options);
    Claims claims = World::user_claims("ann");
    claims.info = "from-token";
    world.broker->handle(World::connect_command(kAnn, claims));
    HookAnswer answer = allow();
    answer.info = "\xa4hook";
    answer.meta = "\x80";
    answer.labels = {"staff"};
    world.answer(0, answer);
    world.edge(kAnn).take<std::unique_ptr<Connected>>();
    world.subscribe(kAnn, "h:1");
    world.broker->handle(Refresh{kAnn, 5, std::make_unique<Claims>(claims), "\x81\xa1x\x01"});
    world.edge(kAnn).take<Refreshed>();
    CHECK(world.silent());  // the label still opens h:1
    world.broker->handle(Call{kAnn, 6, "a", ""});
    CHECK(world.last().caller->meta == "\x80");
    world.broker->handle(Subscribe{kAnn, 7, "any", {}});
    world.edge(kAnn).take<Subscribed>();
    world.publish(kAnn, 8, "any");
    CHECK(world.edge(kAnn).take<Deliver>()->info->conn_info == "hook");
}

TEST_CASE("who waited for an equal question has the whole time of a question", "[hooks]") {
    HookWorld world(hooked());
    for (ClientKey key : {kAnn, kBob}) {
        world.connect(key);
        world.broker->handle(Subscribe{key, 2, "h:1", {}});
    }
    REQUIRE(world.asked() == 1);
    world.clock.advance(2s);
    world.answer(0, allow());
    REQUIRE(world.asked() == 2);
    CHECK(world.last().deadline == world.clock.now() + 3s);
}

TEST_CASE("T29: what a hook has said of a user does not outlive a revocation", "[hooks][revocation]") {
    using Kind = Target::Kind;
    HookWorld world(hooked({Decider::hook}, {Decider::hook}, true));
    const auto come = [&](ClientKey key, std::string data) {
        auto connect = World::connect_command(key);
        connect->data = {Encoding::json, std::move(data)};
        world.broker->handle(std::move(connect));
    };
    const auto is_in = [&](ClientKey key) { world.edge(key).take<std::unique_ptr<Connected>>(); };
    HookAnswer ann = lasting("ann");
    ann.session = "s1";
    const Revocation revocation{GENERATE(Target{Kind::user, "ann"}, Target{Kind::session, "s1", "ann"})};
    come(kAnn, "pw");
    SECTION("the answers that are kept, but for those of others") {
        world.answer(0, ann);
        is_in(kAnn);
        come(kBob, "bob's");
        world.answer(1, lasting("bob"));
        is_in(kBob);
        come(kCid, "pw");
        is_in(kCid);
        world.broker->handle(Subscribe{kCid, 2, "h:1", {}});
        world.answer(2, lasting());
        world.edge(kCid).take<Subscribed>();
        REQUIRE(world.asked() == 3);

        world.clock.advance(1s);
        CHECK(world.broker->revoke(revocation).clients == 2);
        world.edges[0].posted.clear();
        world.clock.advance(1s);
        come({0, 0, 2}, "pw");
        REQUIRE(world.asked() == 4);
        world.answer(3, ann);  // the hook still wants it, so it has to be asked for all else too
        is_in({0, 0, 2});
        world.broker->handle(Subscribe{{0, 0, 2}, 2, "h:1", {}});
        CHECK(world.asked() == 5);
        come({0, 3, 1}, "bob's");
        is_in({0, 3, 1});
        CHECK(world.asked() == 5);
    }
    SECTION("an answer under way, which is not kept either") {
        come(kBob, "pw");  // waits for the same
        world.broker->revoke(revocation);
        world.clock.advance(1s);
        come(kCid, "pw");  // is asked for on its own, since it came later
        REQUIRE(world.asked() == 2);
        world.answer(0, ann);
        CHECK(world.edge(kAnn).take<CloseClient>().code == 3500);
        CHECK(world.edge(kBob).take<CloseClient>().code == 3500);
        come({0, 3, 1}, "pw");
        CHECK(world.asked() == 2);  // and that answer is waited for
        CHECK(world.silent());
        world.answer(1, ann);
        is_in(kCid);
        is_in({0, 3, 1});
    }
    CHECK(world.silent());
}

TEST_CASE("T29: no kept answer outlives the token or key of its client, nor the rules", "[hooks][revocation]") {
    using Kind = Target::Kind;
    const Options options = hooked();
    HookWorld world(options);
    Claims claims = World::user_claims("ann");
    claims.token_id = "t1";
    claims.key_id = "blue";
    world.broker->handle(World::connect_command(kAnn, claims));
    world.edge(kAnn).take<std::unique_ptr<Connected>>();
    world.publish(kAnn, 2, "h:1");
    world.answer(0, lasting());
    world.publish(kAnn, 3, "h:1");
    REQUIRE(world.asked() == 1);
    SECTION("token") { world.broker->revoke({{Kind::token, "t1"}}); }
    SECTION("key") { world.broker->revoke({{Kind::key, "blue"}}); }
    SECTION("key that is accepted no more") { world.broker->disconnect_key("blue"); }
    SECTION("rules") { world.broker->reload(options); }
    world.edges[0].posted.clear();
    world.connect(kBob, "ann");
    world.publish(kBob, 2, "h:1");
    CHECK(world.asked() == 2);
}

TEST_CASE("the cache forgets a user", "[hooks]") {
    HookCache cache(1000);
    cache.put("a", "1", "ann", base::Steady{} + 1s);
    cache.put("b", "2", "bob", base::Steady{} + 1s);
    cache.put("c", "3", "ann", base::Steady{} + 1s);
    cache.forget("ann");
    CHECK(cache.find("a", {}) == nullptr);
    CHECK(cache.find("c", {}) == nullptr);
    CHECK(*cache.find("b", {}) == "2");
    cache.clear();
    CHECK(cache.find("b", {}) == nullptr);
    CHECK(cache.bytes() == 0);
}

TEST_CASE("the cache is bounded, and what was used last stays", "[hooks]") {
    HookCache cache(1000);
    const base::Steady now{};
    const std::string answer(50, 'a');
    for (int i = 0; i < 4; ++i)
        cache.put("key" + std::to_string(i), answer, i % 2 == 0 ? "ann" : "bob", now + 1s);
    REQUIRE(cache.find("key0", now) != nullptr);
    cache.put("key4", answer, "", now + 1s);
    CHECK(cache.find("key1", now) == nullptr);
    CHECK(cache.find("key0", now) != nullptr);
    CHECK(cache.bytes() <= 1000);
    cache.put("key0", "other", "", now + 2s);
    CHECK(*cache.find("key0", now) == "other");
    CHECK(cache.find("key2", now + 1s) == nullptr);
    cache.put("huge", std::string(2000, 'x'), "", now + 1s);
    CHECK(cache.bytes() == 0);
}

// Clients send commands that do or do not ask a hook; questions are answered in any order, and some clients leave. Each
// client must get the answers to its commands in the order in which it sent them, one each.
TEST_CASE("in any interleaving each client's answers come in its order", "[hooks][property]") {
    const unsigned seed = GENERATE(range(1U, 41U));
    std::mt19937 random(seed);
    const auto one_of = [&](unsigned n) { return static_cast<std::uint32_t>(random() % n); };
    HookWorld world(hooked());
    constexpr std::uint32_t kClients = 4;
    struct Model {
        std::uint32_t generation = 1;
        std::uint32_t last_sent = 1;
        std::deque<std::pair<std::uint32_t, bool>> expected;  // id, and whether it asks
    };
    std::array<Model, kClients> models;
    std::vector<bool> settled;
    for (std::uint32_t slot = 0; slot < kClients; ++slot)
        world.connect({0, slot, 1}, "u" + std::to_string(slot));
    const auto check_posted = [&] {
        EdgeRecorder& edge = world.edges[0];
        for (; !edge.posted.empty(); edge.posted.pop_front()) {
            const auto check = [&](const ClientKey& key, std::uint32_t id) {
                Model& model = models[key.slot];
                REQUIRE(key.generation == model.generation);
                REQUIRE_FALSE(model.expected.empty());
                REQUIRE(model.expected.front().first == id);
                model.expected.pop_front();
            };
            if (const auto* failed = std::get_if<Failed>(&edge.posted.front())) check(failed->client, failed->id);
            if (const auto* done = std::get_if<Published>(&edge.posted.front())) check(done->client, done->id);
        }
        for (const Model& model : models)  // nothing waits behind nothing
            REQUIRE((model.expected.empty() || model.expected.front().second));
    };
    const auto answer_one = [&](std::size_t question) {
        settled[question] = true;
        if (one_of(5) == 0) return world.fault(question, wire::Code::internal);
        HookAnswer answer = one_of(2) == 0 ? allow() : deny();
        answer.cache_for = std::chrono::milliseconds(one_of(3) == 0 ? 20 : 0);
        world.answer(question, answer);
    };
    for (int step = 0; step < 600; ++step) {
        const std::uint32_t slot = one_of(kClients);
        Model& model = models[slot];
        const ClientKey key{0, slot, model.generation};
        const unsigned what = one_of(20);
        if (what < 12) {
            const bool asks = one_of(2) == 0;
            const std::uint32_t id = ++model.last_sent;
            model.expected.emplace_back(id, asks);
            world.publish(key, id, asks ? "h:" + std::to_string(one_of(2)) : "free:1");
        } else if (what < 18) {
            settled.resize(world.asked(), false);
            std::vector<std::size_t> open;
            for (std::size_t i = 0; i < settled.size(); ++i)
                if (!settled[i]) open.push_back(i);
            if (!open.empty()) answer_one(open[one_of(static_cast<unsigned>(open.size()))]);
        } else if (what == 18) {
            world.clock.advance(5ms);
        } else {
            world.broker->handle(Disconnected{key, 1000, ""});
            model.expected.clear();
            ++model.generation;
            world.connect({0, slot, model.generation}, "u" + std::to_string(slot));
        }
        settled.resize(world.asked(), false);
        check_posted();
    }
    for (bool any = true; any;) {
        any = false;
        for (std::size_t i = 0; i < settled.size(); ++i) {
            if (settled[i]) continue;
            any = true;
            answer_one(i);
            settled.resize(world.asked(), false);
            check_posted();
        }
    }
    for (const Model& model : models)
        CHECK(model.expected.empty());
    CHECK(world.broker->counts().calls == 0);
}

}  // namespace fairlead::core
