// SPDX-License-Identifier: Apache-2.0
#include "wire/session_event.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "unit/wire/frames.h"
#include "unit/wire/transcript.h"
#include "wire/frame_reader.h"
#include "wire/topic.h"

namespace fairlead::wire {
namespace {

std::string payload_of(const std::vector<SessionEvent>& events) {
    std::string payload;
    begin_told(events.size(), payload);
    for (const SessionEvent& event : events)
        write(event, payload);
    return payload;
}

}  // namespace

TEST_CASE("session events come back as they were written", "[wire][told]") {
    ToldReader reader;
    for (std::uint32_t seed = 1; seed <= 100; ++seed) {
        test::RandomFrames random(seed);
        std::vector<SessionEvent> sent(random.number(kMaxToldEvents + 1));
        for (SessionEvent& event : sent)
            event = random.make<SessionEvent>();
        const std::string payload = payload_of(sent);
        std::vector<SessionEvent> received;
        REQUIRE(reader.read(payload, received));
        REQUIRE(test::same(received, sent));
    }
}

TEST_CASE("the head of a told payload is as long as it may be", "[wire][told]") {
    std::string head;
    begin_told(kMaxToldEvents, head);
    CHECK(head.size() == kMaxToldHead);
}

TEST_CASE("fields of a newer version are passed over, absent ones have their defaults", "[wire][told]") {
    ToldReader reader;
    std::vector<SessionEvent> events;
    const std::string short_one = test::from_hex("92 91 04 94 05 07 09 a1 75");
    REQUIRE(reader.read(short_one, events));
    REQUIRE(events.size() == 2);
    SessionEvent bare;
    bare.kind = 4;
    CHECK(test::same(events[0], bare));
    CHECK(events[1].generation == 7);
    CHECK(events[1].time == 9);
    CHECK(events[1].user == "u");

    SessionEvent event;
    event.kind = 200;
    event.channel = "c";
    std::string longer;
    write(event, longer);
    longer.replace(0, 1, test::from_hex("dc 00 10"));  // 16 fields: one more than this version has
    const std::string with_new =
        test::from_hex("92") + longer + test::from_hex("92 c0 01") + test::from_hex("91 07");
    REQUIRE(reader.read(with_new, events));
    REQUIRE(events.size() == 2);
    CHECK(events[0].kind == 200);
    CHECK(events[0].channel == "c");
    CHECK(events[1].kind == 7);
}

TEST_CASE("what is no array of session events is refused", "[wire][told]") {
    ToldReader reader;
    std::vector<SessionEvent> events;
    for (const char* hex : {"", "c0", "80", "91 c0", "91 91 a1", "91 92 01 a1 61", "91 91 cd 01 00",
                            "92 91 01", "90 00", "dd ff ff ff ff", "91 dd ff ff ff ff"}) {
        INFO(hex);
        CHECK_FALSE(reader.read(test::from_hex(hex), events));
    }
    CHECK(reader.read(test::from_hex("90"), events));
    CHECK(events.empty());
}

TEST_CASE("no prefix of a told payload is one", "[wire][told]") {
    ToldReader reader;
    test::RandomFrames random(11);
    std::vector<SessionEvent> events;
    const std::string whole = payload_of({random.make<SessionEvent>(), random.make<SessionEvent>()});
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
        REQUIRE_FALSE(reader.read(whole.substr(0, bytes), events));
}

TEST_CASE("the payloads of the transcripts hold as many events as their headers say",
          "[wire][told][transcript]") {
    ToldReader reader;
    FrameReader frames;
    std::size_t found = 0;
    for (const test::TranscriptFrame& each : test::read_transcripts("unit/wire/transcripts")) {
        if (each.kind != "told") continue;
        INFO(each.place);
        std::vector<SessionEvent> events;
        REQUIRE(reader.read(each.payload, events));
        CHECK(events.size() == std::get<Told>(*frames.read(each.header)).count);
        found += events.size();
    }
    CHECK(found > 10);
}

TEST_CASE("the interests in session events are the broker's own names", "[wire][told]") {
    for (std::string_view name : {kSessionInterest, kUserInterest, kChannelInterest}) {
        CHECK(is_session_interest(name));
        CHECK(valid_topic(name));
        CHECK(is_reserved(name));
    }
    for (std::string_view name :
         {"", "_", "_sessions", "_session.a", "session", "_hook.connect", "*", ">", "_user."})
        CHECK_FALSE(is_session_interest(name));
}

}  // namespace fairlead::wire
