// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <thread>
#include <vector>

#include "unit/backplane/gateway_rig.h"
#include "unit/backplane/rig.h"
#include "wire/session_event.h"

/// Session events over real sockets.
namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using test::GatewayRig;
using test::Peer;
using test::Received;
using Kind = core::SessionEvent::Kind;

const std::vector<wire::Interest> kAll{{"_session", ""}, {"_user", ""}, {"_channel", ""}};

struct Told {
    std::string group;
    std::uint64_t first = 0;
    std::vector<std::uint8_t> kinds;
    std::string user;  ///< of the last
    std::uint64_t last() const { return first + kinds.size() - 1; }
};

struct Rig : GatewayRig {
    Told told(Peer& peer) {
        const Received received = next<wire::Told>(peer);
        const auto& frame = std::get<wire::Told>(received.frame);
        wire::ToldReader reader;
        std::vector<wire::SessionEvent> events;
        REQUIRE(reader.read(received.payload, events));
        REQUIRE(events.size() == frame.count);
        Told told{std::string(frame.group), frame.first, {}, std::string(events.back().user)};
        for (const wire::SessionEvent& event : events)
            told.kinds.push_back(event.kind);
        return told;
    }
    void hear(Peer& peer, const Told& told) { peer.send(wire::Heard{told.group, told.last()}); }
    void happens(std::string user) {
        core::SessionEvent event;
        event.kind = Kind::online;
        event.user = std::move(user);
        gateway->tell(std::move(event));
    }
};

TEST_CASE("a service that listens is told what there is and what happens", "[gateway][feeds]") {
    Rig rig;
    Peer peer(rig.endpoint());
    CHECK_FALSE(rig.gateway->listens(core::Subjects::users));
    rig.happens("nobody hears it");
    rig.join(peer, "presence", {}, kAll);
    for (auto subjects : {core::Subjects::sessions, core::Subjects::users, core::Subjects::channels})
        CHECK(rig.gateway->listens(subjects));
    const Told snapshot = rig.told(peer);
    CHECK(snapshot.group == "presence");
    CHECK(snapshot.first == 1);
    CHECK(snapshot.kinds == std::vector<std::uint8_t>{8, 9, 10, 11, 12, 13});
    rig.hear(peer, snapshot);
    rig.happens("ann");
    rig.pass(50ms);
    const Told online = rig.told(peer);
    CHECK(online.first == 7);
    CHECK(online.kinds == std::vector<std::uint8_t>{4});
    CHECK(online.user == "ann");
    rig.hear(peer, online);
    rig.settle();
    CHECK(rig.gateway->counts().malformed == 0);
    CHECK(rig.gateway->counts().unexpected == 0);
    CHECK(rig.gateway->counts().feeds.told == 7);
}

TEST_CASE("interests in session events are not those of an emitter", "[gateway][feeds]") {
    Rig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "presence", {}, kAll);
    wire::Event event;
    event.id = 5;
    event.topic = "_user";
    peer.send(event, "\x01");
    CHECK(std::get<wire::Ack>(rig.next<wire::Ack>(peer).frame).code == 103);
    core::Event own;
    own.topic = "_user";
    const core::Emitted emitted = rig.gateway->emit(std::move(own));
    CHECK(emitted.reached == 0);
    CHECK(emitted.queued == 0);
    CHECK(emitted.dropped == 0);
}

TEST_CASE("other reserved interests are refused", "[gateway][feeds]") {
    Rig rig;
    Peer peer(rig.endpoint());
    const char* pattern = GENERATE("_sessions", "_session.opened", "_hook.connect", "_>", "_user.*");
    rig.greet(peer, "presence", {}, {{pattern, ""}});
    rig.next<wire::Refusal>(peer);
    CHECK_FALSE(rig.gateway->listens(core::Subjects::sessions));
}

TEST_CASE("what had not left when a new connection took over does not overtake what is told again", "[gateway][feeds]") {
    Rig rig;
    Peer first(rig.endpoint(), 1);
    rig.join(first, "presence", {}, kAll);
    rig.hear(first, rig.told(first));
    rig.settle();
    rig.happens("ann");
    rig.pass(50ms);
    const Told ann = rig.told(first);

    Peer again(rig.endpoint(), 1);
    rig.greet(again, "presence", {}, kAll);
    while (!rig.gateway->input_waits())
        std::this_thread::yield();
    rig.happens("bob");
    rig.clock.advance(50ms);
    rig.gateway->tick();  // what bob did waits to be sent while the greeting is read
    const Told twice = rig.told(again);
    CHECK(twice.first == ann.first);
    CHECK(twice.kinds.size() >= 2);
}

TEST_CASE("what was not acknowledged is told again over a new connection, or to the next instance",
          "[gateway][feeds]") {
    Rig rig;
    Peer first(rig.endpoint(), 1);
    rig.join(first, "presence", {}, kAll);
    rig.hear(first, rig.told(first));
    rig.settle();
    rig.happens("ann");
    rig.pass(50ms);
    const Told told = rig.told(first);
    SECTION("the same instance") {
        Peer again(rig.endpoint(), 1);
        rig.join(again, "presence", {}, kAll);
        CHECK(rig.gateway->counts().takeovers == 1);
        const Told twice = rig.told(again);
        CHECK(twice.first == told.first);
        CHECK(twice.kinds == told.kinds);
    }
    SECTION("another one") {
        Peer second(rig.endpoint(), 2);
        rig.join(second, "presence", {}, kAll);
        CHECK(second.count<wire::Told>() == 0);
        first.send(wire::Goodbye{});
        const Told twice = rig.told(second);
        CHECK(twice.first == told.first);
        CHECK(twice.kinds == std::vector<std::uint8_t>{4, 8, 9, 10, 11, 12, 13});
    }
    SECTION("another one, at once, when the first drains and has heard all") {
        rig.hear(first, told);
        Peer second(rig.endpoint(), 2);
        rig.join(second, "presence", {}, kAll);
        first.send(wire::Drain{});
        CHECK(rig.told(second).kinds == std::vector<std::uint8_t>{8, 9, 10, 11, 12, 13});
    }
    SECTION("another one, once the first has drained") {
        Peer second(rig.endpoint(), 2);
        rig.join(second, "presence", {}, kAll);
        first.send(wire::Drain{});
        rig.next<wire::Drain>(first);
        CHECK(second.count<wire::Told>() == 0);
        rig.hear(first, told);
        CHECK(rig.told(second).kinds == std::vector<std::uint8_t>{8, 9, 10, 11, 12, 13});
    }
}

TEST_CASE("an acknowledgement of what was not told is a malformed frame", "[gateway][feeds]") {
    Rig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "presence", {}, kAll);
    const Told told = rig.told(peer);
    peer.send(wire::Heard{"presence", told.last() + 1});
    peer.send(wire::Heard{"orders", 0});
    rig.settle();
    CHECK(rig.gateway->counts().malformed == 2);
    CHECK(rig.log.has("it acknowledges session events that it was not told"));
    for (int i = 0; i < 20; ++i)
        peer.send(wire::Heard{"presence", 1000});
    rig.next<wire::Refusal>(peer);
    CHECK(rig.gateway->counts().cut == 1);
}

TEST_CASE("the last events leave before the broker's goodbye", "[gateway][feeds]") {
    Rig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "presence", {}, kAll);
    rig.hear(peer, rig.told(peer));
    rig.settle();
    rig.happens("ann");
    rig.gateway->stop();
    rig.next<wire::Goodbye>(peer);
    CHECK(rig.told(peer).user == "ann");
    rig.happens("after that");
}

}  // namespace
}  // namespace fairlead::backplane
