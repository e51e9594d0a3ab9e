// SPDX-License-Identifier: Apache-2.0
// Bytes of a peer: as a header, and as a payload. What is taken must be MessagePack for msgpack-cxx too, and
// a frame that was read must come back the same when it is written and read again.
#include <cstdint>
#include <cstdlib>
#include <msgpack.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/frame_reader.h"
#include "wire/frame_writer.h"
#include "wire/session_event.h"
#include "wire/utf8.h"
#include "wire/value_check.h"

namespace {

using namespace fairlead::wire;

void require(bool truth) {
    if (!truth) std::abort();
}

bool well_formed(std::string_view bytes) {
    msgpack::null_visitor all;
    std::size_t end = 0;
    return msgpack::parse(bytes.data(), bytes.size(), end, all) && end == bytes.size();
}

void check_frame(std::string_view header) {
    static FrameReader reader;
    static FrameReader second;
    const Frame* frame = reader.read(header);
    require((frame == nullptr) == (reader.fault() != ReadFault::none));
    require((frame == nullptr) == !reader.error().empty());
    require(valid_utf8(reader.error()));
    if (frame == nullptr) return;
    require(well_formed(header));
    std::string once;
    write(*frame, once);
    if (std::holds_alternative<Unknown>(*frame)) return;
    const Frame* again = second.read(once);
    require(again != nullptr && again->index() == frame->index());
    std::string twice;
    write(*again, twice);
    require(once == twice);
}

/// Session events that were read come back the same when they are written and read again.
void check_told(std::string_view payload) {
    static ToldReader reader;
    std::vector<SessionEvent> events;
    if (!reader.read(payload, events)) return;
    require(well_formed(payload));
    std::string once;
    begin_told(events.size(), once);
    for (const SessionEvent& event : events)
        write(event, once);
    const std::size_t count = events.size();
    require(reader.read(once, events) && events.size() == count);
    std::string twice;
    begin_told(events.size(), twice);
    for (const SessionEvent& event : events)
        write(event, twice);
    require(once == twice);
}

void check_payload(std::string_view payload) {
    const ValueFault fault = check_value(payload);
    if (fault == ValueFault::none) require(well_formed(payload));
    if (fault == ValueFault::truncated || fault == ValueFault::malformed || fault == ValueFault::trailing) {
        require(!well_formed(payload));
    }
    ValueLimits tight;
    tight.depth = 2;
    tight.items = 8;
    tight.ext = false;
    if (check_value(payload, tight) == ValueFault::none) require(fault == ValueFault::none);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    check_frame(bytes);
    check_payload(bytes);
    check_told(bytes);
    return 0;
}
