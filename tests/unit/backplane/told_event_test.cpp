// SPDX-License-Identifier: Apache-2.0
#include "backplane/told_event.h"

#include <catch2/catch.hpp>
#include <vector>

#include "wire/session_event.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using Kind = core::SessionEvent::Kind;

/// The event in these bytes; its views point into `payload`.
wire::SessionEvent read(const ToldEvent& event, std::string& payload) {
    payload.clear();
    wire::begin_told(1, payload);
    payload += *event;
    wire::ToldReader reader;
    std::vector<wire::SessionEvent> events;
    REQUIRE(reader.read(payload, events));
    REQUIRE(events.size() == 1);
    return events[0];
}

core::SessionEvent full() {
    core::SessionEvent event;
    event.kind = Kind::resumed;
    event.generation = 7;
    event.time = 1772000000000;
    event.user = "u";
    event.session = "s";
    event.client = "c";
    event.channel = "ch";
    event.address = "203.0.113.7";
    event.meta = std::string(100, 'm');
    event.state = std::string(100, 's');
    event.code = 3000;
    event.reason = "bye";
    event.duration = 90min;
    return event;
}

TEST_CASE("all of a session event is told", "[feeds]") {
    std::string payload;
    const wire::SessionEvent event = read(encode(full(), Origin::live, 1000), payload);
    CHECK(event.kind == static_cast<std::uint8_t>(wire::SessionEventKind::resumed));
    CHECK(event.generation == 7);
    CHECK(event.time == 1772000000000);
    CHECK(event.user == "u");
    CHECK(event.session == "s");
    CHECK(event.client == "c");
    CHECK(event.channel == "ch");
    CHECK(event.address == "203.0.113.7");
    CHECK(event.meta == std::string(100, 'm'));
    CHECK(event.state == std::string(100, 's'));
    CHECK(event.code == 3000);
    CHECK(event.reason == "bye");
    CHECK(event.duration == 5'400'000);
    CHECK_FALSE(event.replayed);
    CHECK_FALSE(event.trimmed);
    CHECK(read(encode(full(), Origin::snapshot, 1000), payload).replayed);
}

TEST_CASE("an event that is too long loses its meta, then its state, and says so", "[feeds]") {
    std::string payload;
    const std::size_t whole = encode(full(), Origin::live, 1000)->size();
    CHECK_FALSE(read(encode(full(), Origin::live, whole), payload).trimmed);

    wire::SessionEvent event = read(encode(full(), Origin::live, whole - 1), payload);
    CHECK(event.trimmed);
    CHECK(event.meta.empty());
    CHECK(event.state.size() == 100);

    event = read(encode(full(), Origin::live, whole - 101), payload);
    CHECK(event.trimmed);
    CHECK(event.meta.empty());
    CHECK(event.state.empty());
    CHECK(event.user == "u");
    CHECK(event.reason == "bye");
}

TEST_CASE("each kind and marker has its number", "[feeds]") {
    std::string payload;
    std::uint8_t number = 1;
    for (Kind kind : {Kind::opened, Kind::resumed, Kind::closed, Kind::online, Kind::offline, Kind::occupied,
                      Kind::vacated}) {
        core::SessionEvent event;
        event.kind = kind;
        CHECK(read(encode(event, Origin::live, 1000), payload).kind == number++);
    }
    for (core::Subjects subjects :
         {core::Subjects::sessions, core::Subjects::users, core::Subjects::channels}) {
        CHECK(read(encode_begin(subjects), payload).kind == number++);
        CHECK(read(encode_end(subjects), payload).kind == number++);
    }
}

}  // namespace
}  // namespace fairlead::backplane
