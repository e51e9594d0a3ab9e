// SPDX-License-Identifier: Apache-2.0
// Subscriptions that a token grants, and their end.
#include <catch2/catch.hpp>

#include "world.h"

namespace fairlead::core {
namespace {

using namespace std::chrono_literals;

Options token_options() {
    Options options;
    options.namespaces = {{"room", {Decider::token}, {}}, {"open", {Decider::anyone}, {}}};
    return options;
}

std::unique_ptr<SubscriptionClaims> token_for(std::string user, std::string channel,
                                              std::optional<base::Wall> expires = {}) {
    auto claims = std::make_unique<SubscriptionClaims>();
    claims->user = std::move(user);
    claims->channel = std::move(channel);
    claims->expires = expires;
    return claims;
}

std::uint32_t subscribe_error(World& world, std::string channel, std::unique_ptr<SubscriptionClaims> token) {
    world.broker->handle(Subscribe{kAnn, 2, std::move(channel), {}, std::move(token)});
    return world.edge(kAnn).take<Failed>().failure.code;
}

TEST_CASE("a token grants its user its channel and no other", "[token_subscriptions]") {
    World world(token_options());
    const std::string id = world.connect(kAnn, "ann");
    CHECK(world.subscribe_error(kAnn, "room:1") == 103);
    CHECK(subscribe_error(world, "room:1", token_for("bob", "room:1")) == 103);
    CHECK(subscribe_error(world, "room:1", token_for("ann", "room:2")) == 103);
    CHECK(subscribe_error(world, "room:1", token_for("", "room:1")) == 103);
    auto bound = token_for("ann", "room:1");
    bound->client = id + "x";
    CHECK(subscribe_error(world, "room:1", std::move(bound)) == 103);
    CHECK(subscribe_error(world, "user:ann", token_for("ann", "user:ann")) == 103);
    bound = token_for("ann", "room:1");
    bound->client = id;
    world.broker->handle(Subscribe{kAnn, 2, "room:1", {}, std::move(bound)});
    CHECK_FALSE(world.edge(kAnn).take<Subscribed>().ttl);
}

TEST_CASE("a subscription ends a grace time after its token, unless it is refreshed", "[token_subscriptions]") {
    World world(token_options());
    world.connect(kAnn, "ann");
    const auto expires = world.clock.wall() + 10s;
    world.broker->handle(Subscribe{kAnn, 2, "room:1", {}, token_for("ann", "room:1", expires)});
    CHECK(world.edge(kAnn).take<Subscribed>().ttl == 10s);
    world.clock.advance(30s);
    world.broker->tick();
    REQUIRE(world.silent());
    world.broker->handle(SubRefresh{kAnn, 3, "room:1", token_for("ann", "room:1", world.clock.wall() + 10s)});
    CHECK(world.edge(kAnn).take<SubRefreshed>().ttl == 10s);
    world.clock.advance(34s);
    world.broker->tick();
    REQUIRE(world.silent());
    world.clock.advance(2s);
    world.broker->tick();
    const Dropped dropped = world.edge(kAnn).take<Dropped>();
    CHECK(dropped.channel == "room:1");
    CHECK(dropped.code == 2501);
    CHECK(world.broker->counts().channels == 1);  // the user's own is left
    world.clock.advance(60s);
    world.broker->tick();
    CHECK(world.silent());
}

TEST_CASE("what a refresh of a subscription needs", "[token_subscriptions]") {
    World world(token_options());
    world.connect(kAnn, "ann");
    const auto error = [&](std::string channel, std::unique_ptr<SubscriptionClaims> token) {
        world.broker->handle(SubRefresh{kAnn, 3, std::move(channel), std::move(token)});
        return world.edge(kAnn).take<Failed>().failure.code;
    };
    CHECK(error("room:1", token_for("ann", "room:1")) == 103);  // not subscribed
    world.subscribe(kAnn, "open:1");
    CHECK(error("open:1", token_for("ann", "open:1")) == 108);  // not by a token
    world.broker->handle(Subscribe{kAnn, 2, "room:1", {}, token_for("ann", "room:1")});
    world.edge(kAnn).take<Subscribed>();
    CHECK(error("room:1", token_for("bob", "room:1")) == 103);
    CHECK(error("room:1", token_for("ann", "room:2")) == 103);
}

TEST_CASE("who leaves takes the time of its token along", "[token_subscriptions]") {
    World world(token_options());
    world.connect(kAnn, "ann");
    const auto expires = world.clock.wall() + 10s;
    world.broker->handle(Subscribe{kAnn, 2, "room:1", {}, token_for("ann", "room:1", expires)});
    world.edge(kAnn).take<Subscribed>();
    SECTION("an unsubscribe") {
        world.broker->handle(Unsubscribe{kAnn, 3, "room:1"});
        world.edge(kAnn).take<Unsubscribed>();
    }
    SECTION("a disconnect") {
        world.broker->handle(Disconnected{kAnn, 3000, ""});
    }
    world.clock.advance(60s);
    world.broker->tick();
    CHECK(world.silent());
}

TEST_CASE("the channels of a connection token are subscribed at connect", "[token_subscriptions]") {
    World world(token_options());
    Claims claims = World::user_claims("ann");
    SECTION("those that clients can have, each once") {
        claims.channels = {"room:1", "open:2", "room:1"};
        world.broker->handle(World::connect_command(kAnn, claims));
        CHECK(World::names_of(*world.edge(kAnn).take<std::unique_ptr<Connected>>()) ==
              std::vector<std::string>{"user:ann", "room:1", "open:2"});
        world.broker->handle(Unsubscribe{kAnn, 3, "room:1"});
        world.edge(kAnn).take<Unsubscribed>();
        CHECK(world.broker->counts().channels == 2);
    }
    SECTION("others keep it out") {
        claims.channels = {GENERATE(as<std::string>{}, "none:1", "user:bob", "a b")};
        world.broker->handle(World::connect_command(kAnn, claims));
        CHECK(world.edge(kAnn).take<CloseClient>().code == 3500);
        CHECK(world.broker->counts().clients == 0);
    }
}

TEST_CASE("a connection token that names more channels than a client may have is refused", "[token_subscriptions]") {
    Options options = token_options();
    options.max_subscriptions = 2;
    World world(options);
    Claims claims = World::user_claims("ann");
    claims.channels = {"open:1", "open:2", "open:3"};
    world.broker->handle(World::connect_command(kAnn, claims));
    CHECK(world.edge(kAnn).take<CloseClient>().code == 3505);
    CHECK(world.broker->counts().clients == 0);
}

TEST_CASE("a new connection token ends the channels that it does not name and opens new ones", "[token_subscriptions]") {
    World world(token_options());
    Claims claims = World::user_claims("ann");
    claims.channels = {"room:1", "room:2"};
    world.broker->handle(World::connect_command(kAnn, claims));
    world.edge(kAnn).take<std::unique_ptr<Connected>>();
    world.subscribe(kAnn, "open:own");
    claims.channels = {"room:2", "room:3", "open:own"};
    world.broker->handle(Refresh{kAnn, 2, std::make_unique<Claims>(claims), {}});
    world.edge(kAnn).take<Refreshed>();
    const Dropped dropped = world.edge(kAnn).take<Dropped>();
    CHECK(dropped.channel == "room:1");
    CHECK(dropped.code == 2000);
    CHECK(world.edge(kAnn).take<Joined>().channel == "room:3");
    CHECK(world.silent());
    // What the client subscribed to itself is its own, whatever tokens named besides.
    claims.channels = {};
    world.broker->handle(Refresh{kAnn, 3, std::make_unique<Claims>(claims), {}});
    world.edge(kAnn).take<Refreshed>();
    const std::string first = world.edge(kAnn).take<Dropped>().channel;
    CHECK(first + world.edge(kAnn).take<Dropped>().channel == (first == "room:2" ? "room:2room:3" : "room:3room:2"));
    CHECK(world.silent());
    CHECK(world.broker->counts().channels == 2);  // open:own and the user's
}

TEST_CASE("a bad channel in a new connection token closes the client", "[token_subscriptions]") {
    World world(token_options());
    world.connect(kAnn, "ann");
    Claims claims = World::user_claims("ann");
    claims.channels = {"user:bob"};
    world.broker->handle(Refresh{kAnn, 2, std::make_unique<Claims>(claims), {}});
    CHECK(world.edge(kAnn).take<CloseClient>().code == 3500);
}

TEST_CASE("the info of a subscription token goes along with what its client publishes there", "[token_subscriptions]") {
    Options options;
    options.namespaces = {{"room", {Decider::token}, {Decider::anyone}}};
    World world(options);
    world.connect(kAnn, "ann");
    const auto info_after = [&](std::string channel) {
        world.broker->handle(Publish{kAnn, 9, std::move(channel), {Encoding::json, "1"}});
        const Deliver publication = world.edge(kAnn).take<Deliver>();
        world.edge(kAnn).take<Published>();
        CHECK(publication->info->user == "ann");
        return publication->info->chan_info;
    };
    auto token = token_for("ann", "room:1");
    token->info = "{\"seat\":7}";
    world.broker->handle(Subscribe{kAnn, 2, "room:1", {}, std::move(token)});
    world.edge(kAnn).take<Subscribed>();
    world.broker->handle(Subscribe{kAnn, 3, "room:2", {}, token_for("ann", "room:2")});
    world.edge(kAnn).take<Subscribed>();
    CHECK(info_after("room:1") == "{\"seat\":7}");
    CHECK(info_after("room:2").empty());
    world.broker->handle(SubRefresh{kAnn, 4, "room:1", token_for("ann", "room:1")});
    world.edge(kAnn).take<SubRefreshed>();
    CHECK(info_after("room:1").empty());
}

TEST_CASE("T24, T48: moving the wall clock neither ends nor prolongs a subscription", "[token_subscriptions]") {
    World world(token_options());
    world.connect(kAnn, "ann");
    const auto jump = GENERATE(24h, -24h);
    world.broker->handle(Subscribe{kAnn, 2, "room:1", {}, token_for("ann", "room:1", world.clock.wall() + 5s)});
    world.edge(kAnn).take<Subscribed>();
    world.clock.set_wall(world.clock.wall() + jump);
    world.clock.advance(29s);
    world.broker->tick();
    CHECK(world.silent());
    world.clock.advance(2s);
    world.broker->tick();
    CHECK(world.edge(kAnn).take<Dropped>().code == 2501);
}

}  // namespace
}  // namespace fairlead::core
