// SPDX-License-Identifier: Apache-2.0
// Rules that change while clients are in.
#include <catch2/catch.hpp>

#include "world.h"

namespace fairlead::core {
namespace {

Options labelled(std::vector<Decider> subscribe) {
    Options options = World::open_options();
    options.namespaces = {{"news", std::move(subscribe), {}}};
    PermissionOptions editors;
    editors.labels = {"editor"};
    editors.subscribe = {"news:*"};
    editors.topics = {"edit.>"};
    options.permissions = {editors};
    return options;
}

Claims editor() {
    Claims claims = World::user_claims("ann");
    claims.labels = {"editor"};
    claims.key_id = "blue";
    return claims;
}

void enter(World& world, ClientKey key, std::optional<Claims> claims) {
    world.broker->handle(World::connect_command(key, std::move(claims)));
    world.edge(key).take<std::unique_ptr<Connected>>();
}

TEST_CASE("a reload ends the subscriptions that it does not allow, and no other", "[reload]") {
    World world(labelled({Decider::anyone}));
    enter(world, kAnn, editor());
    enter(world, kBob, std::nullopt);
    world.subscribe(kAnn, "news:1");
    world.subscribe(kBob, "news:1");
    world.broker->reload(labelled({Decider::permission}));
    const Dropped dropped = world.edge(kBob).take<Dropped>();
    CHECK(dropped.client == kBob);
    CHECK(dropped.channel == "news:1");
    CHECK(dropped.code == 2000);
    CHECK(world.silent());
    CHECK(world.subscribe_error(kBob, "news:1") == 103);
}

TEST_CASE("a reload gives and takes permissions of who is in", "[reload]") {
    Options before = labelled({Decider::permission});
    before.topics.clear();
    Options after = before;
    after.permissions.clear();
    World world(before);
    enter(world, kAnn, editor());
    world.call(kAnn, 5, "edit.page");
    world.broker->reload(after);
    world.broker->handle(Call{kAnn, 6, "edit.page", {}});
    CHECK(world.edge(kAnn).take<Failed>().failure.code == 103);
    world.broker->reload(before);
    CHECK(world.call(kAnn, 7, "edit.page") != 0);
}

TEST_CASE("a reload without anonymous clients ends those that are in", "[reload]") {
    World world;
    enter(world, kAnn, editor());
    enter(world, kBob, std::nullopt);
    Options options = World::open_options();
    options.anonymous = false;
    world.broker->reload(options);
    const CloseClient closed = world.edge(kBob).take<CloseClient>();
    CHECK(closed.client == kBob);
    CHECK(closed.code == 3507);
    CHECK(world.broker->counts().clients == 1);
}

TEST_CASE("rules that cannot be are refused, and the old ones stay", "[reload]") {
    World world;
    enter(world, kAnn, editor());
    Options options = World::open_options();
    options.permissions.emplace_back();  // fits nobody
    CHECK_THROWS_AS(world.broker->reload(options), std::invalid_argument);
    world.subscribe(kAnn, "news:1");
}

TEST_CASE("a refresh with fewer labels ends what they granted", "[reload]") {
    World world(labelled({Decider::permission}));
    enter(world, kAnn, editor());
    world.subscribe(kAnn, "news:1");
    auto claims = std::make_unique<Claims>(World::user_claims("ann"));
    world.broker->handle(Refresh{kAnn, 4, std::move(claims), {}});
    world.edge(kAnn).take<Refreshed>();
    CHECK(world.edge(kAnn).take<Dropped>().channel == "news:1");
}

TEST_CASE("T29: the clients of a key that is accepted no more end, and no other", "[reload]") {
    World world;
    enter(world, kAnn, editor());
    Claims other = World::user_claims("bob");
    other.key_id = "green";
    enter(world, kBob, other);
    CHECK(world.broker->disconnect_key("blue") == 1);
    const CloseClient closed = world.edge(kAnn).take<CloseClient>();
    CHECK(closed.client == kAnn);
    CHECK(closed.code == 3500);
    CHECK(world.broker->counts().clients == 1);
}

}  // namespace
}  // namespace fairlead::core
