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
    world.broker->handle(Subscribe{kAnn, 2, std::move(channel), false, std::move(token)});
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
    world.broker->handle(Subscribe{kAnn, 2, "room:1", false, std::move(bound)});
    CHECK_FALSE(world.edge(kAnn).take<Subscribed>().ttl);
}

TEST_CASE("a subscription ends a grace time after its token, unless it is refreshed", "[token_subscriptions]") {
    World world(token_options());
    world.connect(kAnn, "ann");
    const auto expires = world.clock.wall() + 10s;
    world.broker->handle(Subscribe{kAnn, 2, "room:1", false, token_for("ann", "room:1", expires)});
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
    world.broker->handle(Subscribe{kAnn, 2, "room:1", false, token_for("ann", "room:1")});
    world.edge(kAnn).take<Subscribed>();
    CHECK(error("room:1", token_for("bob", "room:1")) == 103);
    CHECK(error("room:1", token_for("ann", "room:2")) == 103);
}

TEST_CASE("who leaves takes the time of its token along", "[token_subscriptions]") {
    World world(token_options());
    world.connect(kAnn, "ann");
    const auto expires = world.clock.wall() + 10s;
    world.broker->handle(Subscribe{kAnn, 2, "room:1", false, token_for("ann", "room:1", expires)});
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
        CHECK(world.edge(kAnn).take<std::unique_ptr<Connected>>()->channels ==
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

}  // namespace
}  // namespace fairlead::core
