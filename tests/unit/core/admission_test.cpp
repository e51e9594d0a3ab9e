// SPDX-License-Identifier: Apache-2.0
#include "world.h"

namespace fairlead::core {
namespace {

using std::chrono::seconds;

TEST_CASE("an anonymous client is let in only where that is allowed", "[admission]") {
    Options options = World::open_options();
    options.anonymous = GENERATE(true, false);
    World world(options);
    world.broker->handle(World::connect_command(kAnn));
    if (options.anonymous) {
        const auto connected = world.edges[0].take<std::unique_ptr<Connected>>();
        CHECK(connected->client == kAnn);
        CHECK(connected->id == 1);
        CHECK(connected->channels.empty());
        CHECK_FALSE(connected->ttl);
        CHECK(world.broker->counts().clients == 1);
        CHECK(world.broker->counts().users == 0);
    } else {
        const auto close = world.edges[0].take<CloseClient>();
        CHECK(close.code == 3507);
        CHECK(world.broker->counts().clients == 0);
    }
    CHECK(world.silent());
}

TEST_CASE("a token without a user lets an anonymous client in everywhere", "[admission]") {
    Options options = World::open_options();
    options.anonymous = false;
    World world(options);
    world.broker->handle(World::connect_command(kAnn, Claims{}));
    CHECK(world.edges[0].take<std::unique_ptr<Connected>>()->channels.empty());
}

TEST_CASE("a client id is the tag and 128 random bits, new each time", "[admission]") {
    World world;
    const std::string ann = world.connect(kAnn);
    const std::string bob = world.connect(kBob);
    CHECK(ann.size() == world.broker->tag().size() + 1 + 32);
    CHECK(ann.starts_with(world.broker->tag() + "-"));
    CHECK(ann.find_first_not_of("0123456789abcdef-") == ann.npos);
    CHECK(ann != bob);
}

TEST_CASE("a named client is subscribed to its user's channel", "[admission]") {
    World world;
    world.broker->handle(World::connect_command(kAnn, World::user_claims("ann")));
    const auto connected = world.edges[0].take<std::unique_ptr<Connected>>();
    CHECK(World::names_of(*connected) == std::vector<std::string>{"user:ann"});
    CHECK(world.broker->counts().users == 1);
    CHECK(world.broker->counts().channels == 1);

    const Reached reached = world.broker->publish(Publication{"user:ann", {Encoding::json, "1"}, {}, {}, 0});
    CHECK(reached.failure.code == 0);
    CHECK(reached.clients == 1);
    CHECK(world.edges[0].take<Deliver>()->channel == "user:ann");
}

TEST_CASE("a user id that could not be a channel is an invalid token", "[admission]") {
    const std::string longest(250, 'u');
    World world;
    world.broker->handle(World::connect_command(kAnn, World::user_claims(longest)));
    CHECK(world.edges[0].take<std::unique_ptr<Connected>>()->channels.at(0).name == "user:" + longest);

    const std::string user = GENERATE(std::string(251, 'u'), "a b", "tab\t", std::string("nul\0", 4), "\xff",
                                      "\xc2\xa0", "\xe2\x80\xa8", "\xef\xb7\x90");
    world.broker->handle(World::connect_command(kBob, World::user_claims(user)));
    const auto close = world.edges[0].take<CloseClient>();
    CHECK(close.client == kBob);
    CHECK(close.code == 3500);
    CHECK(close.reason.find("user id") != close.reason.npos);
    CHECK(close.reason.size() <= 123);
    CHECK(world.broker->counts().clients == 1);
}

TEST_CASE("the ttl is what is left of the token, at least a second", "[admission]") {
    World world;
    Claims claims = World::user_claims("ann");
    const auto [left, ttl] = GENERATE(table<int, int>({{600, 600}, {1, 1}, {0, 1}, {-29, 1}}));
    claims.expires = world.clock.wall() + seconds(left);
    world.broker->handle(World::connect_command(kAnn, claims));
    CHECK(world.edges[0].take<std::unique_ptr<Connected>>()->ttl == seconds(ttl));
}

TEST_CASE("an end beyond all clocks is only far away", "[admission]") {
    World world;
    Claims claims = World::user_claims("ann");
    claims.expires = base::Wall::max();
    world.broker->handle(World::connect_command(kAnn, claims));
    const auto connected = world.edges[0].take<std::unique_ptr<Connected>>();
    CHECK(connected->ttl > seconds(1'000'000'000));
    CHECK(connected->ttl->count() <= 0x7fffffff);
    world.clock.advance(std::chrono::hours(24 * 20));
    world.broker->tick();
    CHECK(world.silent());
}

TEST_CASE("a client that has gone leaves nothing behind", "[admission]") {
    World world;
    world.connect(kAnn, "ann");
    world.subscribe(kAnn, "news");
    const CallId call = world.call(kAnn, 7, "a.b");
    world.broker->handle(Disconnected{kAnn, 3000, "gone"});
    CHECK(world.services.cancelled == std::vector<CallId>{call});
    const Counts counts = world.broker->counts();
    CHECK(counts.clients == 0);
    CHECK(counts.users == 0);
    CHECK(counts.channels == 0);
    CHECK(counts.calls == 0);
    CHECK(world.silent());
}

TEST_CASE("what comes of an unknown client is dropped", "[admission]") {
    World world;
    const ClientKey strangers[] = {{0, 5, 1}, {0, 0, 2}, {7, 0, 1}, {0, 0xffffffff, 1}};
    world.connect(kAnn);
    for (const ClientKey& key : strangers) {
        world.broker->handle(Subscribe{key, 1, "news", {}});
        world.broker->handle(Unsubscribe{key, 2, "news"});
        world.broker->handle(Publish{key, 3, "news", {Encoding::json, "1"}});
        world.broker->handle(Call{key, 4, "a.b", {}});
        world.broker->handle(Send{key, {}});
        world.broker->handle(Refresh{key, 5, std::make_unique<Claims>(), {}});
        world.broker->handle(Query{key, 6, Query::Kind::presence, "news"});
        world.broker->handle(Disconnected{key, 0, {}});
    }
    CHECK(world.silent());
    CHECK(world.services.requests.empty());
    CHECK(world.broker->counts().clients == 1);
}

TEST_CASE("a key that no edge has is no client", "[admission]") {
    World world;
    world.broker->handle(World::connect_command({1, 0, 1}));
    world.broker->handle(World::connect_command({0, 0xffffffff, 1}));
    CHECK(world.silent());
    CHECK(world.broker->counts().clients == 0);
}

TEST_CASE("a slot's next client replaces one whose end was never told", "[admission]") {
    World world;
    world.connect(kAnn, "ann");
    world.subscribe(kAnn, "news");
    const ClientKey next{0, 0, 2};
    world.connect(next, "bob");
    CHECK(world.broker->counts().clients == 1);
    CHECK(world.broker->counts().channels == 1);
    world.broker->handle(Disconnected{kAnn, 0, {}});
    CHECK(world.broker->counts().clients == 1);
    world.subscribe(next, "news");
}

TEST_CASE("a second connect of one client changes nothing", "[admission]") {
    World world;
    world.connect(kAnn, "ann");
    world.broker->handle(World::connect_command(kAnn, World::user_claims("eve")));
    CHECK(world.silent());
    world.broker->handle(Call{kAnn, 1, "a.b", {}});
    CHECK(world.services.requests.back().caller->user == "ann");
}

TEST_CASE("a user has so many clients and no more", "[admission]") {
    Options options = World::open_options();
    options.max_clients_per_user = 2;
    World world(options);
    world.connect(kAnn, "ann");
    world.connect(kBob, "ann");
    const ClientKey third{0, 2, 1};
    world.broker->handle(World::connect_command(third, World::user_claims("ann")));
    const auto close = world.edges[0].take<CloseClient>();
    CHECK(close.client == third);
    CHECK(close.code == 3504);
    CHECK(world.broker->counts().clients == 2);

    world.connect({0, 3, 1}, "eve");
    for (std::uint32_t slot = 4; slot < 8; ++slot)
        world.connect({0, slot, 1});  // the anonymous user has no limit
    world.broker->handle(Disconnected{kAnn, 0, {}});
    world.connect(third, "ann");
    CHECK(world.silent());
}

TEST_CASE("where the newest wins, the oldest client of the user goes", "[admission]") {
    Options options = World::open_options();
    options.max_clients_per_user = 2;
    options.user_limit = UserLimit::newest_wins;
    World world(options);
    world.connect(kAnn, "ann");
    world.connect(kBob, "ann");
    for (std::uint32_t slot = 2; slot < 5; ++slot) {
        world.broker->handle(World::connect_command({0, slot, 1}, World::user_claims("ann")));
        const auto close = world.edges[0].take<CloseClient>();
        CHECK(close.client == ClientKey{0, slot - 2, 1});
        CHECK(close.code == 3504);
        CHECK(world.edges[0].take<std::unique_ptr<Connected>>()->client.slot == slot);
        CHECK(world.broker->counts().clients == 2);
        CHECK(world.silent());
    }
}

}  // namespace
}  // namespace fairlead::core
