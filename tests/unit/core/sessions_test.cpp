// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <random>
#include <set>

#include "world.h"

namespace fairlead::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = SessionEvent::Kind;

struct Listening : World {
    explicit Listening(Options options = open_options()) : World(std::move(options)) {
        services.listening = true;
    }

    std::string come(ClientKey key, const std::string& user, const std::string& session = {}) {
        Claims claims = user_claims(user);
        claims.session = session;
        broker->handle(connect_command(key, claims));
        const std::string id = edge(key).take<std::unique_ptr<Connected>>()->client_id;
        edge(key).posted.clear();
        return id;
    }
    void go(ClientKey key, std::uint16_t code = 1006) { broker->handle(Disconnected{key, code, "gone"}); }

    /// Such as "opened:ann/s1 online:ann"; forgets them.
    std::string told() {
        static const std::map<Kind, std::string> names{
            {Kind::opened, "opened"},  {Kind::resumed, "resumed"}, {Kind::closed, "closed"},
            {Kind::online, "online"},  {Kind::offline, "offline"}, {Kind::occupied, "occupied"},
            {Kind::vacated, "vacated"}};
        std::string all;
        for (const SessionEvent& event : services.told) {
            CHECK(event.generation > last_generation);
            last_generation = event.generation;
            all += names.at(event.kind) + ":" + event.user + event.channel +
                   (event.session.empty() ? "" : "/" + event.session) + " ";
        }
        services.told.clear();
        return all;
    }
    void pass(milliseconds time) {
        for (milliseconds left = time; left.count() > 0; left -= milliseconds(50)) {
            clock.advance(milliseconds(50));
            broker->tick();
        }
    }
    std::uint64_t last_generation = 0;
};

constexpr ClientKey kAnnAgain{0, 2, 1};

TEST_CASE("services are told of a client without session at once", "[sessions]") {
    Listening world;
    const std::string id = world.come(kAnn, "ann");
    REQUIRE(world.services.told.size() == 2);
    CHECK(world.services.told[0].client == id);
    CHECK(world.services.told[0].time > 0);
    CHECK(world.told() == "opened:ann online:ann ");
    world.clock.advance(seconds(7));
    world.go(kAnn, 3503);
    REQUIRE(world.services.told.size() == 1);
    CHECK(world.services.told[0].code == 3503);
    CHECK(world.services.told[0].reason == "gone");
    CHECK(world.services.told[0].duration == seconds(7));
    CHECK(world.services.told[0].client == id);
    CHECK(world.told() == "closed:ann ");
    world.pass(seconds(9));
    CHECK(world.told().empty());
    world.pass(seconds(2));
    CHECK(world.told() == "offline:ann ");
}

TEST_CASE("a session is resumed within the grace time, with what was kept", "[sessions]") {
    Listening world;
    const std::string id = world.come(kAnn, "ann", "s1");
    CHECK(world.told() == "opened:ann/s1 online:ann ");
    CHECK(world.broker->keep_state(id, "\x07").failure.code == 0);
    world.go(kAnn);
    world.pass(seconds(29));
    world.services.told.clear();
    world.come(kAnnAgain, "ann", "s1");
    REQUIRE_FALSE(world.services.told.empty());
    CHECK(world.services.told[0].state == "\x07");
    CHECK(world.services.told[0].kind == Kind::resumed);
    world.services.told.clear();
    world.pass(seconds(60));
    CHECK(world.told().empty());
    world.go(kAnnAgain);
    world.pass(seconds(31));
    CHECK(world.told() == "offline:ann closed:ann/s1 ");
}

TEST_CASE("a closed session counts its time until its last client went", "[sessions]") {
    Listening world;
    world.come(kAnn, "ann", "s1");
    world.pass(seconds(10));
    world.go(kAnn, 3001);
    world.services.told.clear();
    world.pass(seconds(31));
    REQUIRE(world.services.told.size() == 2);
    CHECK(world.services.told[1].kind == Kind::closed);
    CHECK(world.services.told[1].duration == seconds(10));
    CHECK(world.services.told[1].code == 3001);
    // What comes now is another session, without what was kept.
    const std::string id = world.come(kAnnAgain, "ann", "s1");
    world.services.told.clear();
    CHECK(world.broker->keep_state(id, std::string(4097, 'x')).failure.code == 107);
    CHECK(world.broker->keep_state(id, std::string(4096, 'x')).failure.code == 0);
}

TEST_CASE("a client that may not come back closes its session at once", "[sessions]") {
    Listening world;
    world.come(kAnn, "ann", "s1");
    world.told();
    world.broker->disconnect_user("ann", 3500, "invalid");
    CHECK(world.told() == "closed:ann/s1 ");
}

TEST_CASE("a session with two clients ends with the second", "[sessions]") {
    Listening world;
    world.come(kAnn, "ann", "s1");
    world.come(kAnnAgain, "ann", "s1");
    CHECK(world.told() == "opened:ann/s1 online:ann resumed:ann/s1 ");
    world.go(kAnn);
    world.pass(seconds(60));
    CHECK(world.told().empty());
    world.go(kAnnAgain, 3503);
    CHECK(world.told() == "closed:ann/s1 ");
}

TEST_CASE("sessions of other users have nothing to do with it", "[sessions]") {
    Listening world;
    const std::string id = world.come(kAnn, "ann", "s1");
    world.broker->keep_state(id, "\x07");
    world.go(kAnn);
    world.come(kBob, "bob", "s1");
    CHECK(world.told() == "opened:ann/s1 online:ann opened:bob/s1 online:bob ");
    CHECK(world.broker->keep_state("nobody", "\x01").failure.code == 104);
    world.come({0, 3, 1}, "cat");
    CHECK(world.broker->keep_state(world.come({0, 4, 1}, "dog"), "\x01").failure.code == 108);
}

TEST_CASE("a user who is back in time was not away, unless a snapshot said so", "[sessions]") {
    Listening world;
    world.come(kAnn, "ann");
    world.go(kAnn);
    world.pass(seconds(5));
    world.told();
    world.come(kAnnAgain, "ann");
    CHECK(world.told() == "opened:ann ");
    world.go(kAnnAgain);
    world.told();
    CHECK(world.broker->snapshot(Subjects::users, 0, 10).events.empty());
    world.come(kAnn, "ann");
    const std::string told = world.told();
    CHECK(told.find("online:ann") != std::string::npos);
}

TEST_CASE("channels are occupied and, after a while, vacated", "[sessions]") {
    Listening world;
    world.connect(kAnn);
    world.connect(kBob);
    world.told();
    world.subscribe(kAnn, "room");
    world.subscribe(kBob, "room");
    CHECK(world.told() == "occupied:room ");
    world.broker->handle(Unsubscribe{kAnn, 3, "room"});
    world.pass(seconds(10));
    CHECK(world.told().empty());
    world.broker->handle(Unsubscribe{kBob, 3, "room"});
    world.pass(seconds(4));
    world.edges[0].posted.clear();
    world.subscribe(kAnn, "room");
    CHECK(world.told().empty());
    world.broker->handle(Unsubscribe{kAnn, 3, "room"});
    world.pass(seconds(6));
    CHECK(world.told() == "vacated:room ");
}

TEST_CASE("nobody who listens, nothing told", "[sessions]") {
    World world;
    world.connect(kAnn, "ann");
    world.subscribe(kAnn, "room");
    world.broker->handle(Disconnected{kAnn, 1006, {}});
    world.clock.advance(seconds(60));
    world.broker->tick();
    CHECK(world.services.told.empty());
}

TEST_CASE("who comes back while a snapshot is under way is told, wherever it stands then", "[sessions]") {
    Listening world;
    for (std::uint32_t slot = 0; slot < 20; ++slot)
        world.come({0, slot, 1}, "u" + std::to_string(slot));
    const SnapshotPage first = world.broker->snapshot(Subjects::users, 0, 5);
    REQUIRE(first.next != 0);
    world.go({0, 19, 1});  // not listed yet
    world.go({0, 2, 1});   // its row is free
    world.told();
    world.come({0, 19, 2}, "u19");
    std::string all = world.told();
    for (std::uint64_t from = first.next; from != 0;) {
        const SnapshotPage page = world.broker->snapshot(Subjects::users, from, 5);
        for (const SessionEvent& event : page.events)
            all += "online:" + event.user + " ";
        from = page.next;
    }
    CHECK(all.find("online:u19 ") != std::string::npos);
}

TEST_CASE("who listens for a while only is not told of ends that were none", "[sessions]") {
    Listening world;
    world.connect(kAnn);
    world.subscribe(kAnn, "room");
    world.broker->handle(Unsubscribe{kAnn, 3, "room"});
    world.edges[0].posted.clear();
    world.services.listening = false;
    world.subscribe(kAnn, "room");
    world.services.listening = true;
    world.told();
    world.pass(seconds(10));
    CHECK(world.told().empty());
}

TEST_CASE("a snapshot comes in pages", "[sessions]") {
    Listening world;
    std::set<std::string> expected;
    for (std::uint32_t slot = 0; slot < 100; ++slot) {
        const std::string user = "u" + std::to_string(slot);
        expected.insert(user);
        world.come({0, slot, 1}, user);
        world.broker->handle(Subscribe{{0, slot, 1}, 2, user, {}});
        world.edges[0].posted.clear();
    }
    for (const Subjects subjects : {Subjects::sessions, Subjects::users, Subjects::channels}) {
        std::set<std::string> seen;
        std::uint64_t from = 0;
        int pages = 0;
        do {
            const SnapshotPage page = world.broker->snapshot(subjects, from, 7);
            CHECK(page.events.size() <= 7);
            for (const SessionEvent& event : page.events) {
                CHECK(subjects_of(event.kind) == subjects);
                CHECK(seen.insert(event.user + event.channel).second);
            }
            from = page.next;
            ++pages;
        } while (from != 0);
        CHECK(seen == expected);
        CHECK(pages >= 15);
    }
}

/// A listener that believes what it is told: whoever it thinks is there is there, as soon as all times are
/// over.
TEST_CASE("who listens knows in the end who is there", "[sessions]") {
    Listening world;
    std::mt19937 random(3);
    const auto any = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
    std::map<std::uint32_t, std::pair<std::string, std::string>> here;  // by slot: user and sid
    std::map<std::uint32_t, std::uint32_t> generations;
    std::set<std::string> online;
    std::set<std::string> sessions;
    std::set<std::string> clients;
    const auto listen = [&] {
        for (const SessionEvent& event : world.services.told) {
            const std::string session = event.user + "/" + event.session;
            const bool named = !event.session.empty();
            switch (event.kind) {
                case Kind::online:
                    online.insert(event.user);
                    break;
                case Kind::offline:
                    online.erase(event.user);
                    break;
                case Kind::opened:
                case Kind::resumed:
                    (named ? sessions : clients).insert(named ? session : event.client);
                    break;
                case Kind::closed:
                    named ? sessions.erase(session) : clients.erase(event.client);
                    break;
                default:
                    break;
            }
        }
        world.services.told.clear();
    };
    for (int round = 0; round < 200; ++round) {
        for (int step = 0; step < 30; ++step) {
            const std::uint32_t slot = any(20);
            if (here.count(slot) != 0) {
                world.go({0, slot, generations[slot]}, any(5) == 0 ? 3500 : 1006);
                here.erase(slot);
            } else {
                const std::string user = "u" + std::to_string(any(5));
                const std::string sid = any(2) == 0 ? "" : "s" + std::to_string(any(3));
                world.come({0, slot, ++generations[slot]}, user, sid);
                here[slot] = {user, sid};
            }
            world.pass(milliseconds(50 * any(100)));
            listen();
        }
        world.pass(seconds(40));
        listen();
        std::set<std::string> users_here;
        std::set<std::string> sessions_here;
        std::size_t without = 0;
        for (const auto& [slot, who] : here) {
            users_here.insert(who.first);
            if (who.second.empty()) {
                ++without;
            } else {
                sessions_here.insert(who.first + "/" + who.second);
            }
        }
        REQUIRE(online == users_here);
        REQUIRE(sessions == sessions_here);
        REQUIRE(clients.size() == without);
    }
}

}  // namespace
}  // namespace fairlead::core
