// SPDX-License-Identifier: Apache-2.0
#include "world.h"

namespace fairlead::core {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

Claims claims_for(World& world, seconds left, std::string user = "ann") {
    Claims claims = World::user_claims(std::move(user));
    claims.expires = world.clock.wall() + left;
    return claims;
}

void pass(World& world, milliseconds by) {
    world.clock.advance(by);
    world.broker->tick();
}

std::unique_ptr<Claims> boxed(Claims claims) {
    return std::make_unique<Claims>(std::move(claims));
}

TEST_CASE("a token that is not refreshed closes the client after the grace, never before", "[expiry]") {
    World world;
    world.broker->handle(World::connect_command(kAnn, claims_for(world, seconds(60))));
    world.edges[0].take<std::unique_ptr<Connected>>();
    const CallId call = world.call(kAnn, 2, "a.b");
    world.services.routed.deadline = world.clock.now() + hours(1);

    pass(world, seconds(85) - milliseconds(1));
    CHECK_FALSE(std::holds_alternative<CloseClient>(world.edges[0].posted.back()));
    world.edges[0].posted.clear();
    pass(world, milliseconds(200));
    CHECK(world.edges[0].take<CloseClient>().code == 3005);
    CHECK(world.broker->counts().clients == 0);
    CHECK(world.services.cancelled.at(0) == call);
}

TEST_CASE("a token accepted inside the leeway closes a grace after it was taken", "[expiry]") {
    World world;
    world.broker->handle(World::connect_command(kAnn, claims_for(world, seconds(-29))));
    world.edges[0].take<std::unique_ptr<Connected>>();
    pass(world, seconds(25) - milliseconds(1));
    CHECK(world.silent());
    pass(world, milliseconds(200));
    CHECK(world.edges[0].take<CloseClient>().code == 3005);
}

TEST_CASE("T24, T48: moving the wall clock neither ends nor prolongs a client", "[expiry]") {
    World world;
    const hours jump = GENERATE(hours(24), hours(-24));
    world.broker->handle(World::connect_command(kAnn, claims_for(world, seconds(5))));
    world.edges[0].take<std::unique_ptr<Connected>>();
    world.clock.set_wall(world.clock.wall() + jump);
    pass(world, seconds(29));
    CHECK(world.silent());
    pass(world, seconds(2));
    CHECK(world.edges[0].take<CloseClient>().code == 3005);
}

TEST_CASE("a refresh starts the time anew and says what is left", "[expiry]") {
    World world;
    world.broker->handle(World::connect_command(kAnn, claims_for(world, seconds(60))));
    world.edges[0].take<std::unique_ptr<Connected>>();
    pass(world, seconds(50));
    world.broker->handle(Refresh{kAnn, 9, boxed(claims_for(world, seconds(120))), {}});
    const auto refreshed = world.edges[0].take<Refreshed>();
    CHECK(refreshed.id == 9);
    CHECK(refreshed.ttl == seconds(120));
    pass(world, seconds(144));
    CHECK(world.silent());
    pass(world, seconds(2));
    CHECK(world.edges[0].take<CloseClient>().code == 3005);
}

TEST_CASE("a refresh without an end lets the client stay", "[expiry]") {
    World world;
    world.broker->handle(World::connect_command(kAnn, claims_for(world, seconds(60))));
    world.edges[0].take<std::unique_ptr<Connected>>();
    world.broker->handle(Refresh{kAnn, 9, boxed(World::user_claims("ann")), {}});
    CHECK_FALSE(world.edges[0].take<Refreshed>().ttl);
    pass(world, hours(24));
    CHECK(world.silent());
}

TEST_CASE("a client that came without a token cannot refresh", "[expiry]") {
    World world;
    world.connect(kAnn);
    world.broker->handle(Refresh{kAnn, 9, boxed(Claims{}), {}});
    CHECK(world.edges[0].take<Failed>().failure.code == 108);
    CHECK(world.broker->counts().clients == 1);
}

TEST_CASE("a refresh with another user's token closes", "[expiry]") {
    World world;
    world.connect(kAnn, "ann");
    const std::string other = GENERATE("bob", "", "Ann", "ann ");
    world.broker->handle(Refresh{kAnn, 9, boxed(World::user_claims(other)), {}});
    CHECK(world.edges[0].take<CloseClient>().code == 3500);
    CHECK(world.broker->counts().clients == 0);
}

TEST_CASE("a refresh replaces info and meta, and keeps session and address", "[expiry]") {
    World world;
    auto connect = World::connect_command(kAnn, World::user_claims("ann"));
    connect->claims->session = "s1";
    connect->claims->info = R"({"v":1})";
    connect->meta = "old";
    connect->address = "192.0.2.1";
    world.broker->handle(std::move(connect));
    world.edges[0].take<std::unique_ptr<Connected>>();
    world.call(kAnn, 2, "a.b");
    const CallerPtr before = world.services.requests.back().caller;

    Claims claims = World::user_claims("ann");
    claims.info = R"({"v":2})";
    world.broker->handle(Refresh{kAnn, 9, boxed(claims), "new"});
    world.edges[0].take<Refreshed>();
    world.call(kAnn, 3, "a.b");
    const CallerPtr after = world.services.requests.back().caller;
    CHECK(before->meta == "old");
    CHECK(after->meta == "new");
    CHECK(after->session == "s1");
    CHECK(after->address == "192.0.2.1");
    CHECK(after->client == before->client);

    world.subscribe(kAnn, "news");
    world.broker->handle(Publish{kAnn, 4, "news", {Encoding::json, "1"}});
    CHECK(world.edges[0].take<Deliver>()->info->conn_info == R"({"v":2})");
}

TEST_CASE("a client that left does not expire its slot's next client", "[expiry]") {
    World world;
    world.broker->handle(World::connect_command(kAnn, claims_for(world, seconds(5))));
    world.edges[0].take<std::unique_ptr<Connected>>();
    world.broker->handle(Disconnected{kAnn, 0, {}});
    world.connect({0, 0, 2}, "bob");
    pass(world, hours(1));
    CHECK(world.silent());
}

}  // namespace
}  // namespace fairlead::core
