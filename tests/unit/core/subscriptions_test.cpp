// SPDX-License-Identifier: Apache-2.0
#include "world.h"

namespace fairlead::core {
namespace {

Reached publish(World& world, const std::string& channel) {
    return world.broker->publish(Publication{channel, {Encoding::json, "1"}, {}, {}, 0});
}

Options ruled_options() {
    Options options;
    options.anonymous = true;
    options.namespaces = {{"open", {Decider::anyone}, {Decider::anyone}},
                          {"named", {Decider::user}, {Decider::user}},
                          {"shut", {Decider::nobody}, {Decider::nobody}},
                          {"", {Decider::anyone}, {}}};
    return options;
}

TEST_CASE("subscribe, unsubscribe, subscribe of one channel all succeed in that order", "[subscriptions]") {
    World world;
    world.connect(kAnn);
    world.broker->handle(Subscribe{kAnn, 2, "news", {}});
    world.broker->handle(Unsubscribe{kAnn, 3, "news"});
    world.broker->handle(Subscribe{kAnn, 4, "news", {}});
    CHECK(world.edges[0].take<Subscribed>().id == 2);
    CHECK(world.edges[0].take<Unsubscribed>().id == 3);
    const auto last = world.edges[0].take<Subscribed>();
    CHECK(last.id == 4);
    CHECK(last.channel == "news");
    CHECK(last.client == kAnn);
    CHECK(publish(world, "news").clients == 1);
}

TEST_CASE("a subscription that is there already is refused", "[subscriptions]") {
    World world;
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    CHECK(world.subscribe_error(kAnn, "news") == 105);
    CHECK(publish(world, "news").clients == 1);
}

TEST_CASE("subscribing is refused by name, namespace and rule", "[subscriptions]") {
    World world(ruled_options());
    world.connect(kAnn);
    world.connect(kBob, "bob");
    CHECK(world.subscribe_error(kAnn, "") == 107);
    CHECK(world.subscribe_error(kAnn, "open:" + std::string(251, 'x')) == 107);
    CHECK(world.subscribe_error(kAnn, "open:a b") == 107);
    CHECK(world.subscribe_error(kAnn, "open:\xff") == 107);
    CHECK(world.subscribe_error(kAnn, "other:x") == 102);
    CHECK(world.subscribe_error(kAnn, "OPEN:x") == 102);
    CHECK(world.subscribe_error(kAnn, "named:x") == 103);
    CHECK(world.subscribe_error(kAnn, "shut:x") == 103);
    CHECK(world.subscribe_error(kBob, "shut:x") == 103);
    world.subscribe(kAnn, "open:" + std::string(250, 'x'));
    world.subscribe(kAnn, "plain");
    world.subscribe(kAnn, "open:a:b");
    world.subscribe(kBob, "named:x");
    CHECK(world.silent());
}

TEST_CASE("nobody subscribes to a user's channel by name", "[subscriptions]") {
    World world;
    world.connect(kAnn, "ann");
    CHECK(world.subscribe_error(kAnn, "user:ann") == 103);
    CHECK(world.subscribe_error(kAnn, "user:bob") == 103);
    CHECK(world.subscribe_error(kAnn, "user:") == 103);
    world.subscribe(kAnn, "user");
    CHECK(publish(world, "user:ann").clients == 1);
}

TEST_CASE("T16: a client may hold so many subscriptions, its user's channel apart", "[subscriptions]") {
    Options options = World::open_options();
    options.max_subscriptions = 3;
    World world(options);
    world.connect(kAnn, "ann");
    for (const char* channel : {"a", "b", "c"})
        world.subscribe(kAnn, channel);
    CHECK(world.subscribe_error(kAnn, "d") == 106);
    CHECK(world.subscribe_error(kAnn, "a") == 105);
    world.broker->handle(Unsubscribe{kAnn, 9, "a"});
    world.edges[0].take<Unsubscribed>();
    world.subscribe(kAnn, "d");
    CHECK(world.subscribe_error(kAnn, "e") == 106);
}

TEST_CASE("leaving the user's channel gives no room for another subscription, and takes none",
          "[subscriptions]") {
    Options options = World::open_options();
    options.max_subscriptions = 1;
    World world(options);
    world.connect(kAnn, "ann");
    world.broker->handle(Unsubscribe{kAnn, 2, "user:ann"});
    world.edges[0].take<Unsubscribed>();
    world.subscribe(kAnn, "a");
    CHECK(world.subscribe_error(kAnn, "b") == 106);
}

TEST_CASE("unsubscribing never fails", "[subscriptions]") {
    World world;
    world.connect(kAnn, "ann");
    const std::string channel = GENERATE("never", "", "a b", "user:bob", "user:ann");
    for (std::uint32_t id : {3U, 4U}) {
        world.broker->handle(Unsubscribe{kAnn, id, channel});
        const auto done = world.edges[0].take<Unsubscribed>();
        CHECK(done.id == id);
        CHECK(done.channel == channel);
    }
    CHECK(world.broker->counts().channels == (channel == "user:ann" ? 0U : 1U));
}

TEST_CASE("recovery is said to have been tried and does not succeed without history", "[subscriptions]") {
    World world;
    world.connect(kAnn);
    world.broker->handle(Subscribe{kAnn, 2, "news", Missed{}});
    CHECK(world.edges[0].take<Subscribed>().was_recovering);
}

TEST_CASE("after an unsubscribe nothing more of the channel is posted", "[subscriptions]") {
    World world;
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    world.broker->handle(Unsubscribe{kAnn, 3, "news"});
    world.edges[0].take<Unsubscribed>();
    CHECK(publish(world, "news").clients == 0);
    CHECK(world.silent());
    CHECK(world.broker->counts().channels == 0);
}

TEST_CASE("who is not subscribed hears nothing of a channel, and no history where there is none", "[subscriptions]") {
    World world;
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    using Kind = Query::Kind;
    world.broker->handle(Query{kAnn, 5, Kind::history, "news"});
    const auto failed = world.edges[0].take<Failed>();
    CHECK(failed.id == 5);
    CHECK(failed.failure.code == 108);
    const Kind kind = GENERATE(Kind::presence, Kind::presence_stats, Kind::history);
    world.broker->handle(Query{kAnn, 6, kind, "other"});
    CHECK(world.edges[0].take<Failed>().failure.code == 103);
}

TEST_CASE("presence and history are for those whom the namespace lets see them", "[subscriptions]") {
    Options options;
    options.anonymous = true;
    options.namespaces = {{"room", {Decider::anyone}, {}, {Decider::user}, {Decider::permission}}};
    PermissionOptions readers;
    readers.users = {"ann"};
    readers.history = {"room:1*"};
    options.permissions = {readers};
    World world(options);
    world.connect(kAnn, "ann");
    world.connect(kBob);
    for (const char* channel : {"room:1", "room:2"}) {
        world.subscribe(kAnn, channel);
        world.subscribe(kBob, channel);
    }
    using Kind = Query::Kind;
    const auto code = [&](ClientKey key, Kind kind, const char* channel) {
        world.broker->handle(Query{key, 5, kind, channel});
        return world.edge(key).take<Failed>().failure.code;
    };
    world.broker->handle(Query{kAnn, 5, Kind::presence_stats, "room:1"});
    CHECK(world.edges[0].take<PresenceCounted>().clients == 2);
    CHECK(code(kAnn, Kind::history, "room:1") == 108);
    CHECK(code(kAnn, Kind::history, "room:2") == 103);
    CHECK(code(kAnn, Kind::history, "room:12") == 103);  // not subscribed
    CHECK(code(kAnn, Kind::history, "other:1") == 102);
    CHECK(code(kAnn, Kind::history, "a b") == 107);
    for (const Kind kind : {Kind::presence, Kind::presence_stats, Kind::history}) {
        CHECK(code(kBob, kind, "room:1") == 103);
        CHECK(code(kAnn, kind, "user:ann") == 103);
    }
}

}  // namespace
}  // namespace fairlead::core
