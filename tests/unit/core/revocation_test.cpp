// SPDX-License-Identifier: Apache-2.0
// What was revoked ends, and does not come in again.
#include <catch2/catch.hpp>

#include "core/revocations.h"
#include "world.h"

namespace fairlead::core {
namespace {

using namespace std::chrono_literals;
using Kind = Target::Kind;

constexpr ClientKey kCat{1, 0, 1};

Claims claims_of(std::string user, std::string session, std::string token, std::string key) {
    Claims claims = World::user_claims(std::move(user));
    claims.session = std::move(session);
    claims.token_id = std::move(token);
    claims.key_id = std::move(key);
    return claims;
}

bool comes_in(World& world, ClientKey key, Claims claims) {
    world.broker->handle(World::connect_command(key, std::move(claims)));
    const bool in = std::holds_alternative<std::unique_ptr<Connected>>(world.edge(key).posted.back());
    if (!in) CHECK(std::get<CloseClient>(world.edge(key).posted.back()).code == 3500);
    world.edge(key).posted.clear();
    return in;
}

TEST_CASE("T29: all that came with what is revoked end on every edge, and do not come again", "[revocation]") {
    World world(World::open_options(), 2);
    const Claims ann = claims_of("ann", "s1", "t1", "blue");
    REQUIRE(comes_in(world, kAnn, ann));
    REQUIRE(comes_in(world, kCat, ann));
    REQUIRE(comes_in(world, kBob, claims_of("bob", "s1", "t2", "green")));
    const Target target = GENERATE(Target{Kind::user, "ann"}, Target{Kind::session, "s1", "ann"},
                                   Target{Kind::token, "t1"}, Target{Kind::key, "blue"});
    CHECK(world.broker->revoke({target}).clients == 2);
    for (ClientKey key : {kAnn, kCat}) {
        const CloseClient closed = world.edge(key).take<CloseClient>();
        CHECK(closed.client == key);
        CHECK(closed.code == 3500);
        CHECK(closed.reason == "invalid token: revoked");
    }
    CHECK(world.silent());
    CHECK(world.broker->counts().clients == 1);
    CHECK_FALSE(comes_in(world, {0, 0, 2}, ann));
    CHECK(comes_in(world, {0, 0, 3}, claims_of("cleo", "s1", "t3", "green")));

    world.clock.advance(24h + 1s);
    CHECK(comes_in(world, {1, 0, 2}, ann));
}

TEST_CASE("T29: a user and a session come again with a token that was made later", "[revocation]") {
    World world;
    const Target target = GENERATE(Target{Kind::user, "ann"}, Target{Kind::session, "s1", "ann"});
    world.broker->revoke({target});
    Claims claims = claims_of("ann", "s1", "t1", "blue");
    CHECK_FALSE(comes_in(world, kAnn, claims));  // does not say when it was made
    claims.issued = world.clock.wall();
    CHECK_FALSE(comes_in(world, kAnn, claims));
    claims.issued = world.clock.wall() + 1s;
    CHECK(comes_in(world, kAnn, claims));
}

TEST_CASE("T29: a client cannot refresh with a revoked token", "[revocation]") {
    World world;
    REQUIRE(comes_in(world, kAnn, claims_of("ann", "", "t1", "")));
    CHECK(world.broker->revoke({{Kind::token, "t2"}}).clients == 0);
    world.broker->handle(
        Refresh{kAnn, 2, std::make_unique<Claims>(claims_of("ann", "", "t2", "")), {}});
    CHECK(world.edge(kAnn).take<CloseClient>().code == 3500);
}

TEST_CASE("T29: a revoked subscription token ends its subscription only", "[revocation]") {
    Options options;
    options.namespaces = {{"room", {Decider::token}, {}}};
    World world(options);
    world.connect(kAnn, "ann");
    const auto token = [] {
        auto claims = std::make_unique<SubscriptionClaims>();
        claims->user = "ann";
        claims->channel = "room:1";
        claims->token_id = "t1";
        claims->key_id = "blue";
        return claims;
    };
    world.broker->handle(Subscribe{kAnn, 2, "room:1", {}, token()});
    world.edge(kAnn).take<Subscribed>();
    const Target target = GENERATE(Target{Kind::token, "t1"}, Target{Kind::key, "blue"});
    world.broker->revoke({target});
    const Dropped dropped = world.edge(kAnn).take<Dropped>();
    CHECK(dropped.channel == "room:1");
    CHECK(dropped.code == 2502);
    CHECK(world.broker->counts().clients == 1);
    world.broker->handle(Subscribe{kAnn, 3, "room:1", {}, token()});
    CHECK(world.edge(kAnn).take<Failed>().failure.code == 103);
    CHECK(world.silent());
}

TEST_CASE("a client that is revoked is closed for good; it never comes again anyway", "[revocation]") {
    World world;
    const std::string id = world.connect(kAnn, "ann");
    CHECK(world.broker->revoke({{Kind::client, id}, "bye"}).clients == 1);
    const CloseClient closed = world.edge(kAnn).take<CloseClient>();
    CHECK(closed.code == 3503);
    CHECK(closed.reason == "bye");
    CHECK(comes_in(world, {0, 0, 2}, World::user_claims("ann")));
}

TEST_CASE("what has no name, or too long a one, is not revoked", "[revocation]") {
    World world;
    world.connect(kAnn);
    CHECK(world.broker->revoke({{Kind::user, ""}}).failure.code == 107);
    CHECK(world.broker->revoke({{Kind::token, std::string(1025, 'x')}}).failure.code == 107);
    CHECK(world.broker->revoke({{Kind::session, "s", std::string(1025, 'x')}}).failure.code == 107);
    CHECK(world.broker->revoke({{Kind::token, std::string(1024, 'x')}}).failure.code == 0);
    CHECK(world.broker->counts().clients == 1);
}

TEST_CASE("revocations are bounded: the first to end gives way", "[revocation]") {
    base::ManualClock clock;
    Revocations revocations(clock, 3);
    const auto add = [&](const char* token, std::chrono::seconds remember) {
        return revocations.add({{Kind::token, token}, {}, remember});
    };
    const auto covers = [&](const char* token) { return revocations.cover(claims_of("", "", token, "")); };
    CHECK(add("a", 30s));
    CHECK(add("b", 10s));
    CHECK(add("c", 20s));
    CHECK(add("b", 40s));  // holds longer now
    CHECK_FALSE(add("d", 50s));
    CHECK(revocations.size() == 3);
    CHECK((covers("a") && covers("b") && !covers("c") && covers("d")));
    CHECK(add("a", 1s));  // and never shorter than was said
    clock.advance(29s);
    CHECK(covers("a"));
    clock.advance(1s);
    CHECK_FALSE(covers("a"));
    CHECK(add("e", std::chrono::seconds::max()));
    CHECK(revocations.size() == 3);
}

TEST_CASE("moving the wall clock does not shorten a revocation", "[revocation]") {
    base::ManualClock clock;
    Revocations revocations(clock);
    revocations.add({{Kind::token, "a"}});
    clock.set_wall(clock.wall() + 48h);
    CHECK(revocations.cover(claims_of("", "", "a", "")));
}

}  // namespace
}  // namespace fairlead::core
