// SPDX-License-Identifier: Apache-2.0
#include "backplane/told_event.h"

#include <algorithm>

#include "wire/frame.h"
#include "wire/frame_writer.h"

namespace fairlead::backplane {
namespace {

using wire::SessionEventKind;

std::uint8_t number_of(core::SessionEvent::Kind kind) noexcept {
    return static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) + 1);
}
static_assert(static_cast<std::uint8_t>(core::SessionEvent::Kind::opened) + 1 ==
              static_cast<std::uint8_t>(SessionEventKind::opened));
static_assert(static_cast<std::uint8_t>(core::SessionEvent::Kind::vacated) + 1 ==
              static_cast<std::uint8_t>(SessionEventKind::vacated));

std::uint64_t not_negative(std::int64_t number) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0));
}

wire::SessionEvent view_of(const core::SessionEvent& from, Origin origin) noexcept {
    wire::SessionEvent event;
    event.kind = number_of(from.kind);
    event.generation = from.generation;
    event.time = not_negative(from.time);
    event.user = from.user;
    event.session = from.session;
    event.client = from.client;
    event.channel = from.channel;
    event.address = from.address;
    event.meta = from.meta;
    event.state = from.state;
    event.code = from.code;
    event.reason = from.reason;
    event.duration = not_negative(from.duration.count());
    event.replayed = origin == Origin::snapshot;
    return event;
}

ToldEvent written(const wire::SessionEvent& event) {
    auto bytes = std::make_shared<std::string>();
    wire::write(event, *bytes);
    bytes->shrink_to_fit();
    return bytes;
}

ToldEvent marker(SessionEventKind first, core::Subjects subjects) {
    wire::SessionEvent event;
    event.kind =
        static_cast<std::uint8_t>(static_cast<std::uint8_t>(first) + 2 * static_cast<std::uint8_t>(subjects));
    return written(event);
}

}  // namespace

ToldEvent encode(const core::SessionEvent& from, Origin origin, std::size_t max_bytes) {
    wire::SessionEvent event = view_of(from, origin);
    ToldEvent bytes = written(event);
    for (std::string_view* extra : {&event.meta, &event.state}) {
        if (bytes->size() <= max_bytes) break;
        *extra = {};
        event.trimmed = true;
        bytes = written(event);
    }
    return bytes;
}

ToldEvent encode_begin(core::Subjects subjects) {
    return marker(SessionEventKind::sessions_begin, subjects);
}

ToldEvent encode_end(core::Subjects subjects) {
    return marker(SessionEventKind::sessions_end, subjects);
}

}  // namespace fairlead::backplane
