// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "unit/wire/frames.h"
#include "unit/wire/transcript.h"
#include "wire/batch.h"
#include "wire/frame_reader.h"
#include "wire/value_check.h"

namespace fairlead::wire {
namespace {

using test::TranscriptFrame;

const std::vector<TranscriptFrame>& transcripts() {
    static const std::vector<TranscriptFrame> all = test::read_transcripts("unit/wire/transcripts");
    return all;
}

std::string name_of(const Frame& frame) {
    return std::visit(
        [](const auto& each) -> std::string {
            if constexpr (std::is_same_v<std::decay_t<decltype(each)>, Unknown>) {
                return "unknown";
            } else {
                return std::string(Fields<std::decay_t<decltype(each)>>::kName);
            }
        },
        frame);
}

const std::set<std::string> kOfService = {
    "greeting", "heartbeat",   "drain", "goodbye", "request", "reply", "error",  "returned", "cancel",
    "event",    "publication", "push",  "control", "revoke",  "heard", "window", "release",  "claim"};
const std::set<std::string> kOfBroker = {"welcome", "refusal", "who",   "heartbeat", "probe",  "drain",
                                         "goodbye", "request", "reply", "error",     "cancel", "event",
                                         "ack",     "unknown", "told",  "lease"};

}  // namespace

TEST_CASE("every header of the transcripts is read as what it says, and written byte for byte",
          "[wire][transcript]") {
    FrameReader reader;
    std::size_t taken = 0;
    for (const TranscriptFrame& each : transcripts()) {
        if (each.direction == '!') {
            continue;
        }
        INFO(each.place);
        CHECK(test::to_notation(each.header) == each.notation);
        const Frame* frame = reader.read(each.header);
        INFO(reader.error());
        REQUIRE(frame != nullptr);
        CHECK(name_of(*frame) == each.kind);
        CHECK(test::bytes_of(*frame) == each.canonical);
        CHECK((each.direction == '>' ? kOfService : kOfBroker).count(each.kind) == 1);
        ++taken;
    }
    CHECK(taken > 50);
}

TEST_CASE("what the transcripts say is refused is refused", "[wire][transcript]") {
    FrameReader reader;
    std::size_t refused = 0;
    for (const TranscriptFrame& each : transcripts()) {
        if (each.direction == '!') {
            INFO(each.place);
            REQUIRE_FALSE(each.header.empty());
            CHECK(reader.read(each.header) == nullptr);
            CHECK(reader.error() == each.kind);
            ++refused;
        }
    }
    CHECK(refused > 10);
}

TEST_CASE("messages and payloads of the transcripts are inside the bounds", "[wire][transcript]") {
    std::map<std::size_t, MessageCheck> messages;
    for (const TranscriptFrame& each : transcripts()) {
        INFO(each.place);
        CHECK((each.payload.empty() || check_value(each.payload) == ValueFault::none));
        messages[each.message].add(each.header.size());
        messages[each.message].add(each.payload.size());
    }
    for (auto& [number, message] : messages) {
        CHECK(message.finish() == MessageFault::none);
    }
    CHECK(messages.size() < transcripts().size());  // some travel together
}

TEST_CASE("every kind is in the transcripts, from each side that sends it", "[wire][transcript]") {
    std::set<std::string> of_service, of_broker;
    for (const TranscriptFrame& each : transcripts()) {
        if (each.direction == '>') {
            of_service.insert(each.kind);
        } else if (each.direction == '<') {
            of_broker.insert(each.kind);
        }
    }
    CHECK(of_service == kOfService);
    CHECK(of_broker == kOfBroker);
}

}  // namespace fairlead::wire
