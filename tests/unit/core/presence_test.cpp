// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <random>
#include <set>

#include "world.h"

namespace fairlead::core {
namespace {

using std::chrono::milliseconds;

constexpr ClientKey kCat{0, 2, 1};

Options rooms(bool join_leave = true) {
    Options options = World::open_options();
    options.namespaces[0].join_leave = join_leave;
    return options;
}

void subscribe(World& world, ClientKey key, const std::string& channel, bool join_leave = true) {
    Subscribe command{key, 2, channel, {}};
    command.join_leave = join_leave;
    world.broker->handle(std::move(command));
}

void unsubscribe(World& world, ClientKey key, const std::string& channel) {
    world.broker->handle(Unsubscribe{key, 3, channel});
}

/// "+ann" for a join and "-ann" for a leave, in their order; all else is dropped.
std::string told(World& world) {
    std::string all;
    for (ToEdge& message : world.edges[0].posted) {
        if (const auto* announce = std::get_if<Announce>(&message))
            all += ((*announce)->left ? "-" : "+") + (*announce)->info->user + " ";
    }
    world.edges[0].posted.clear();
    return all;
}

void pass(World& world, milliseconds time) {
    for (milliseconds left = time; left.count() > 0; left -= milliseconds(10)) {
        world.clock.advance(milliseconds(10));
        world.broker->tick();
    }
}

TEST_CASE("subscribers are told who joins and who leaves", "[presence]") {
    World world(rooms());
    world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    subscribe(world, kAnn, "room");
    CHECK(world.edges[0].take<Subscribed>().join_leave);
    CHECK(world.edges[0].take<Announce>()->info->user == "ann");
    subscribe(world, kBob, "room");
    CHECK(world.edges[0].take<Subscribed>().client == kBob);
    const Announce joined = world.edges[0].take<Announce>();
    CHECK(joined->channel == "room");
    CHECK(joined->info->user == "bob");
    CHECK_FALSE(joined->left);
    unsubscribe(world, kBob, "room");
    world.edges[0].take<Unsubscribed>();
    pass(world, milliseconds(900));
    CHECK(world.silent());
    pass(world, milliseconds(200));
    CHECK(told(world) == "-bob ");
}

TEST_CASE("the namespace and the client opt in", "[presence]") {
    World silent(rooms(false));
    silent.connect(kAnn, "ann");
    subscribe(silent, kAnn, "room");
    CHECK_FALSE(silent.edges[0].take<Subscribed>().join_leave);
    CHECK(silent.silent());

    World world(rooms());
    world.connect(kAnn, "ann");
    subscribe(world, kAnn, "room", false);
    CHECK_FALSE(world.edges[0].take<Subscribed>().join_leave);
}

TEST_CASE("who comes back at once has not left", "[presence]") {
    World world(rooms());
    world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    subscribe(world, kAnn, "room");
    subscribe(world, kBob, "room");
    CHECK(told(world) == "+ann +bob ");
    for (int i = 0; i < 20; ++i) {
        unsubscribe(world, kBob, "room");
        pass(world, milliseconds(100));
        subscribe(world, kBob, "room");
    }
    pass(world, milliseconds(5000));
    CHECK(told(world).empty());
}

TEST_CASE("a user whose new client comes before the old one is given up is seen all the time", "[presence]") {
    World world(rooms());
    world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    subscribe(world, kAnn, "room");
    subscribe(world, kBob, "room");
    told(world);
    world.broker->handle(Disconnected{kBob, 1006, {}});
    pass(world, milliseconds(300));
    world.connect(kCat, "bob");
    subscribe(world, kCat, "room");
    pass(world, milliseconds(3000));
    CHECK(told(world) == "+bob -bob ");
}

TEST_CASE("above a size nobody is told of single subscribers", "[presence]") {
    Options options = rooms();
    options.max_join_leave = 2;
    World world(options);
    world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    world.connect(kCat, "cat");
    for (const ClientKey key : {kAnn, kBob, kCat})
        subscribe(world, key, "room");
    CHECK(told(world) == "+ann +bob ");
    unsubscribe(world, kCat, "room");
    pass(world, milliseconds(2000));
    CHECK(told(world).empty());
    world.broker->handle(Query{kAnn, 5, Query::Kind::presence_stats, "room"});
    CHECK(world.edges[0].take<PresenceCounted>().clients == 2);
}

TEST_CASE("T20: who joins and leaves for ever is slowed down: joins cost as publications do", "[presence]") {
    Options options = rooms();
    options.max_fanout_per_second = 4096;
    options.leave_delay = milliseconds(0);
    World world(options);
    for (std::uint32_t slot = 0; slot < 20; ++slot) {
        world.connect({0, slot, 1}, "u" + std::to_string(slot));
        subscribe(world, {0, slot, 1}, "room");
        world.edges[0].posted.clear();
    }
    int refused = 0;
    for (int i = 0; i < 50; ++i) {
        subscribe(world, {0, 0, 1}, "other");
        for (const ToEdge& message : world.edges[0].posted)
            refused += std::holds_alternative<Failed>(message) ? 1 : 0;
        unsubscribe(world, {0, 0, 1}, "other");
        unsubscribe(world, {0, 0, 1}, "room");
        pass(world, milliseconds(100));
        subscribe(world, {0, 0, 1}, "room");
        world.edges[0].posted.clear();
    }
    CHECK(refused > 20);
}

TEST_CASE("the last one who leaves is told to nobody", "[presence]") {
    World world(rooms());
    world.connect(kAnn, "ann");
    subscribe(world, kAnn, "room");
    told(world);
    unsubscribe(world, kAnn, "room");
    pass(world, milliseconds(2000));
    CHECK(told(world).empty());
}

TEST_CASE("a list too long is refused, its size is told", "[presence]") {
    Options options = rooms();
    options.max_presence = 1;
    World world(options);
    world.connect(kAnn, "ann");
    world.connect(kBob, "ann");
    subscribe(world, kAnn, "room");
    subscribe(world, kBob, "room");
    told(world);
    world.broker->handle(Query{kAnn, 5, Query::Kind::presence, "room"});
    CHECK(world.edges[0].take<Failed>().failure.code == 108);
    world.broker->handle(Query{kAnn, 5, Query::Kind::presence_stats, "room"});
    const auto counted = world.edges[0].take<PresenceCounted>();
    CHECK(counted.clients == 2);
    CHECK(counted.users == 1);
}

TEST_CASE("presence that a reload switches on knows who is there already", "[presence]") {
    Options options = World::open_options();
    options.namespaces[0].presence = {Decider::nobody};
    World world(options);
    world.connect(kAnn, "ann");
    subscribe(world, kAnn, "room");
    world.edges[0].take<Subscribed>();
    world.broker->reload(rooms());
    world.broker->handle(Query{kAnn, 5, Query::Kind::presence, "room"});
    CHECK(world.edges[0].take<std::unique_ptr<PresenceRead>>()->clients.size() == 1);
}

TEST_CASE("rules that change tell what was held back, and nothing is told twice", "[presence]") {
    World world(rooms());
    world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    subscribe(world, kAnn, "room");
    subscribe(world, kBob, "room");
    told(world);
    unsubscribe(world, kBob, "room");
    world.broker->reload(rooms(false));
    CHECK(told(world) == "-bob ");
    subscribe(world, kBob, "room");
    world.broker->reload(rooms());
    unsubscribe(world, kBob, "room");
    pass(world, milliseconds(3000));
    CHECK(told(world) == "-bob ");
}

TEST_CASE("an anonymous subscriber is no other user, and joins carry the rule for slow readers", "[presence]") {
    Options options = rooms();
    options.namespaces[0].slow_reader = SlowReader::drop_oldest;
    World world(options);
    world.connect(kAnn, "ann");
    world.connect(kBob);
    subscribe(world, kBob, "room");
    subscribe(world, kAnn, "room");
    bool carries = true;
    for (const ToEdge& message : world.edges[0].posted) {
        if (const auto* announce = std::get_if<Announce>(&message))
            carries = carries && (*announce)->slow_reader == SlowReader::drop_oldest;
    }
    CHECK(carries);
    world.broker->handle(Disconnected{kAnn, 1006, {}});
    world.edges[0].posted.clear();
    world.broker->handle(Query{kBob, 5, Query::Kind::presence_stats, "room"});
    const auto counted = world.edges[0].take<PresenceCounted>();
    CHECK(counted.clients == 2);
    CHECK(counted.users == 2);
}

TEST_CASE("channels of a connection token are joined once the client knows of them", "[presence]") {
    World world(rooms());
    Claims claims = World::user_claims("ann");
    claims.channels = {"room"};
    claims.info = "{\"n\":1}";
    world.broker->handle(World::connect_command(kAnn, claims));
    const auto connected = world.edges[0].take<std::unique_ptr<Connected>>();
    CHECK(connected->channels[1].join_leave);
    CHECK(world.edges[0].take<Announce>()->info->conn_info == "{\"n\":1}");
}

TEST_CASE("who left a moment ago is listed until that is told, so that no list is wrong afterwards", "[presence]") {
    World world(rooms());
    world.connect(kAnn, "ann");
    world.connect(kBob, "bob");
    world.connect(kCat, "cat");
    subscribe(world, kAnn, "room");
    subscribe(world, kBob, "room");
    unsubscribe(world, kBob, "room");
    subscribe(world, kCat, "room");
    told(world);
    const auto listed = [&] {
        world.broker->handle(Query{kCat, 5, Query::Kind::presence, "room"});
        const std::size_t clients = world.edges[0].take<std::unique_ptr<PresenceRead>>()->clients.size();
        world.broker->handle(Query{kCat, 5, Query::Kind::presence_stats, "room"});
        const auto counted = world.edges[0].take<PresenceCounted>();
        CHECK(counted.clients == clients);
        CHECK(counted.users == clients);
        return clients;
    };
    CHECK(listed() == 3);
    subscribe(world, kBob, "room");
    CHECK(told(world).empty());
    CHECK(listed() == 3);
    unsubscribe(world, kBob, "room");
    pass(world, milliseconds(1100));
    CHECK(told(world) == "-bob ");
    CHECK(listed() == 2);
}

TEST_CASE("presence agrees with a plain list of who came and went", "[presence]") {
    Options options = rooms();
    options.leave_delay = milliseconds(0);
    World world(options);
    std::mt19937 random(11);
    const auto any = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
    std::map<unsigned, std::set<std::string>> where;  // by slot
    std::map<unsigned, std::string> ids;
    std::map<unsigned, std::uint32_t> generations;
    const auto key_of = [&](unsigned slot) { return ClientKey{0, slot, generations[slot]}; };
    for (int step = 0; step < 5000; ++step) {
        const unsigned slot = any(12);
        const std::string channel = "c" + std::to_string(any(3));
        if (ids.count(slot) == 0) {
            ++generations[slot];
            ids[slot] = world.connect(key_of(slot), any(3) == 0 ? "" : "u" + std::to_string(any(4)));
        } else if (any(6) == 0) {
            world.broker->handle(Disconnected{key_of(slot), 1006, {}});
            where.erase(slot);
            ids.erase(slot);
        } else if (where[slot].insert(channel).second) {
            subscribe(world, key_of(slot), channel);
        } else {
            unsubscribe(world, key_of(slot), channel);
            where[slot].erase(channel);
        }
        world.edges[0].posted.clear();
        for (const auto& [asker, channels] : where) {
            if (channels.count(channel) == 0) continue;
            world.broker->handle(Query{key_of(asker), 9, Query::Kind::presence, channel});
            const auto answer = world.edges[0].take<std::unique_ptr<PresenceRead>>();
            std::set<std::string> listed;
            for (const auto& info : answer->clients)
                listed.insert(info->client);
            std::set<std::string> expected;
            for (const auto& [other, theirs] : where) {
                if (theirs.count(channel) != 0) expected.insert(ids[other]);
            }
            REQUIRE(listed == expected);
            break;
        }
    }
}

}  // namespace
}  // namespace fairlead::core
