// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <chrono>

#include "world.h"

namespace fairlead::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Options keeping() {
    Options options = World::open_options();
    options.namespaces[0].history_size = 10;
    return options;
}

Reached publish(World& world, const std::string& channel, const Once& once = {},
                const std::string& key = {}) {
    Publication publication;
    publication.channel = channel;
    publication.data = {Encoding::json, "1"};
    publication.key = key;
    return world.broker->publish(std::move(publication), once);
}

void pass(World& world, seconds time) {
    for (milliseconds left = time; left.count() > 0; left -= milliseconds(100)) {
        world.clock.advance(milliseconds(100));
        world.broker->tick();
    }
}

TEST_CASE("the round takes no longer where many channels were once", "[positions]") {
    Options options = keeping();
    options.max_subscriptions = 10'000;
    World world(options);
    world.connect(kAnn);
    for (int i = 0; i < 5000; ++i)
        world.subscribe(kAnn, "news" + std::to_string(i));
    for (int i = 0; i < 4999; ++i)
        world.broker->handle(Unsubscribe{kAnn, 3, "news" + std::to_string(i)});
    world.edges[0].posted.clear();
    ++world.history.tops["news4999"];
    pass(world, seconds(41));
    CHECK(world.edges[0].take<Dropped>().channel == "news4999");
}

TEST_CASE("a stream that begins anew makes its subscribers come back", "[positions]") {
    World world(keeping());
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    publish(world, "news");
    CHECK(world.edges[0].take<Deliver>()->offset == 1);
    world.history.epoch = "e2";
    world.history.tops.clear();
    world.history.streams.clear();
    CHECK(publish(world, "news").clients == 0);
    const auto dropped = world.edges[0].take<Dropped>();
    CHECK(dropped.code == 2500);
    CHECK(dropped.channel == "news");
    CHECK(world.silent());
    world.broker->handle(Subscribe{kAnn, 2, "news", Missed{1, "e1"}});
    const auto subscribed = world.edges[0].take<Subscribed>();
    CHECK_FALSE(subscribed.stream->recovered);
    CHECK(subscribed.stream->position.epoch == "e2");
    publish(world, "news");
    CHECK(world.edges[0].take<Deliver>()->offset == 2);
}

TEST_CASE("a loss in a quiet channel is found within 40 seconds, and once", "[positions]") {
    World world(keeping());
    world.connect(kAnn);
    for (int i = 0; i < 50; ++i)
        world.subscribe(kAnn, "news" + std::to_string(i));
    pass(world, seconds(100));
    CHECK(world.silent());
    ++world.history.tops["news7"];
    pass(world, seconds(41));
    CHECK(world.edges[0].take<Dropped>().channel == "news7");
    pass(world, seconds(100));
    CHECK(world.silent());
}

TEST_CASE("where nothing was published nothing is lost, whatever the epoch is called", "[positions]") {
    World world(keeping());
    world.connect(kAnn, "ann");
    world.subscribe(kAnn, "news");
    world.history.epoch = "e2";
    pass(world, seconds(50));
    world.connect(kBob);
    world.subscribe(kBob, "news");
    world.history.epoch = "e3";
    CHECK(publish(world, "news").clients == 2);
    CHECK(world.edges[0].take<Deliver>()->offset == 1);
    CHECK(world.silent());
    CHECK(publish(world, "news").clients == 2);
}

TEST_CASE("what a reload stops to keep is forgotten: nobody recovers over what was not kept", "[positions]") {
    World world(keeping());
    publish(world, "news");
    Options off = keeping();
    off.namespaces[0].history_size = 0;
    world.broker->reload(off);
    publish(world, "news");
    world.broker->reload(keeping());
    world.connect(kAnn);
    world.broker->handle(Subscribe{kAnn, 2, "news", Missed{1, "e1"}});
    CHECK_FALSE(world.edges[0].take<Subscribed>().stream->recovered);
}

TEST_CASE("a subscriber who finds the stream lost is told nothing of the channel's end", "[positions]") {
    World world(keeping());
    world.services.listening = true;
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    publish(world, "news");
    world.edges[0].posted.clear();
    world.history.epoch = "e2";
    world.history.tops["news"] = 0;
    world.connect(kBob);
    world.broker->handle(Subscribe{kBob, 2, "news", {}});
    CHECK(world.edges[0].take<Dropped>().client == kAnn);
    CHECK(world.edges[0].take<Subscribed>().client == kBob);
    world.services.told.clear();
    pass(world, seconds(20));
    for (const SessionEvent& event : world.services.told)
        CHECK(event.kind != SessionEvent::Kind::vacated);
}

TEST_CASE("all channels of a connect reply together have the room of one", "[recovery]") {
    Options options = keeping();
    options.max_recovered_bytes = 1000;
    World world(options);
    Claims claims = World::user_claims("ann");
    auto connect = World::connect_command(kAnn);
    for (const char* channel : {"a", "b", "c"}) {
        for (int i = 0; i < 2; ++i) {
            Publication publication;
            publication.channel = channel;
            publication.data = {Encoding::json, std::string(200, '1')};
            world.broker->publish(std::move(publication));
        }
        claims.channels.emplace_back(channel);
        connect->positions.push_back({channel, {0, "e1"}});
    }
    connect->claims = claims;
    world.broker->handle(std::move(connect));
    const auto connected = world.edges[0].take<std::unique_ptr<Connected>>();
    int recovered = 0;
    for (const Connected::Channel& channel : connected->channels) {
        if (!channel.stream) continue;
        recovered += channel.stream->recovered ? 1 : 0;
        if (!channel.stream->recovered) CHECK(channel.stream->publications.empty());
    }
    CHECK(recovered == 2);
}

TEST_CASE("a client that the broker subscribed is closed with 3010, others are not", "[positions]") {
    World world(keeping());
    publish(world, "news");
    Claims claims = World::user_claims("ann");
    claims.channels = {"news"};
    world.broker->handle(World::connect_command(kAnn, claims));
    world.edges[0].posted.clear();
    world.connect(kBob);
    world.subscribe(kBob, "news");
    world.history.epoch = "e2";
    publish(world, "news");
    CHECK(world.edges[0].take<CloseClient>().code == 3010);
    CHECK(world.edges[0].take<Dropped>().client == kBob);
    CHECK(world.silent());
    CHECK(world.broker->counts().clients == 1);
}

TEST_CASE("a client may be closed by what it publishes itself", "[positions]") {
    World world(keeping());
    publish(world, "news");
    Claims claims = World::user_claims("ann");
    claims.channels = {"news"};
    world.broker->handle(World::connect_command(kAnn, claims));
    world.edges[0].posted.clear();
    world.history.epoch = "e2";
    world.broker->handle(Publish{kAnn, 3, "news", {Encoding::json, "1"}});
    CHECK(world.edges[0].take<CloseClient>().code == 3010);
    CHECK(world.edges[0].take<Published>().client == kAnn);  // for nobody any more
    CHECK(world.broker->counts().clients == 0);
}

TEST_CASE("a service's subscription may find that a stream was lost, and close another client of the user", "[positions]") {
    World world(keeping());
    publish(world, "news");
    Claims claims = World::user_claims("ann");
    claims.channels = {"news"};
    for (std::uint32_t slot = 0; slot < 4; ++slot) {
        if (slot > 0) claims.channels = slot % 2 == 0 ? std::vector<std::string>{"news"} : std::vector<std::string>{};
        world.broker->handle(World::connect_command({0, slot, 1}, claims));
    }
    world.edges[0].posted.clear();
    world.history.epoch = "e2";
    const Reached reached = world.broker->subscribe({{}, "ann"}, "news");
    CHECK(reached.clients == 2);
    CHECK(world.broker->counts().clients == 2);
    for (const ToEdge& message : world.edges[0].posted) {
        const auto* joined = std::get_if<Joined>(&message);
        if (joined != nullptr) CHECK(joined->client.slot % 2 == 1);
    }
}

TEST_CASE("an edge that says that a client has a gap makes it come back", "[positions]") {
    World world(keeping());
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    world.broker->handle(Lagged{kAnn, "news", SlowReader::drop_oldest, 100, milliseconds(5), 1, false});
    CHECK(world.silent());
    world.broker->handle(Lagged{kAnn, "news", SlowReader::drop_oldest, 100, milliseconds(5), 1, true});
    CHECK(world.edges[0].take<Dropped>().code == 2500);
    world.broker->handle(Lagged{kAnn, "news", SlowReader::drop_oldest, 100, milliseconds(5), 1, true});
    CHECK(world.silent());
}

TEST_CASE("what the engine has had before is not delivered, and answered with its place", "[publisher]") {
    World world(keeping());
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    publish(world, "news", {"k", 3}, "gold");
    CHECK(world.edges[0].take<Deliver>()->key == "gold");
    REQUIRE(world.history.onces.size() == 1);
    CHECK(world.history.onces[0].idempotency == "k");
    CHECK(world.history.onces[0].version == 3);
    world.history.refused = Position{1, "e1"};
    const Reached again = publish(world, "news", {"k", 3});
    CHECK(again.failure.code == 0);
    CHECK(again.clients == 0);
    CHECK(again.offset == 1);
    CHECK(again.epoch == "e1");
    CHECK(world.silent());
    CHECK(publish(world, "news", {std::string(256, 'k'), 0}).failure.code == 107);
    CHECK(publish(world, "news", {}, std::string(256, 'k')).failure.code == 107);
}

TEST_CASE("a user's channel keeps what was published while no client was there", "[publisher]") {
    World world;
    CHECK(publish(world, "user:ann").offset == 1);
    CHECK(publish(world, "user:ann").clients == 0);
    auto connect = World::connect_command(kAnn, World::user_claims("ann"));
    connect->positions = {{"user:ann", {1, "e1"}}};
    world.broker->handle(std::move(connect));
    const auto connected = world.edges[0].take<std::unique_ptr<Connected>>();
    REQUIRE(connected->channels[0].stream);
    CHECK(connected->channels[0].stream->recoverable);
    CHECK(connected->channels[0].stream->recovered);
    CHECK(connected->channels[0].stream->publications.size() == 1);
    CHECK(publish(world, "user:ann").clients == 1);
}

}  // namespace
}  // namespace fairlead::core
