// SPDX-License-Identifier: Apache-2.0
#include "src/told_handler.h"

#include <exception>
#include <utility>

#include <fairlead/codec.h>

namespace fairlead::detail {
namespace {

using WireKind = wire::SessionEventKind;

/// What the broker keeps is MessagePack; what it could not be is nothing.
Value to_value(std::string_view bytes) {
    if (bytes.empty()) return {};
    Result<Value> value = decode<Value>(bytes);
    return value.ok() ? std::move(value).value() : Value();
}

template <typename Event>
void take_common(const wire::SessionEvent& from, Event& event) {
    using Kind = typename Event::Kind;
    event.replayed = from.replayed;
    event.generation = from.generation;
    event.time = std::chrono::system_clock::time_point(std::chrono::milliseconds(from.time));
    const auto kind = static_cast<WireKind>(from.kind);
    const bool begins =
        kind == WireKind::sessions_begin || kind == WireKind::users_begin || kind == WireKind::channels_begin;
    event.kind = begins ? Kind::snapshot_begins : Kind::snapshot_ends;
}

void take(const wire::SessionEvent& from, SessionEvent& event) {
    using Kind = SessionEvent::Kind;
    const auto kind = static_cast<WireKind>(from.kind);
    if (kind == WireKind::opened) event.kind = Kind::opened;
    if (kind == WireKind::resumed) event.kind = Kind::resumed;
    if (kind == WireKind::closed) event.kind = Kind::closed;
    event.user = from.user;
    event.session = from.session;
    event.client = from.client;
    event.address = from.address;
    event.meta = to_value(from.meta);
    event.state = to_value(from.state);
    event.trimmed = from.trimmed;
    event.code = static_cast<std::uint16_t>(from.code);
    event.reason = from.reason;
    event.duration = std::chrono::milliseconds(from.duration);
}

void take(const wire::SessionEvent& from, UserEvent& event) {
    const auto kind = static_cast<WireKind>(from.kind);
    if (kind == WireKind::online) event.kind = UserEvent::Kind::online;
    if (kind == WireKind::offline) event.kind = UserEvent::Kind::offline;
    event.user = from.user;
}

void take(const wire::SessionEvent& from, ChannelEvent& event) {
    const auto kind = static_cast<WireKind>(from.kind);
    if (kind == WireKind::occupied) event.kind = ChannelEvent::Kind::occupied;
    if (kind == WireKind::vacated) event.kind = ChannelEvent::Kind::vacated;
    event.channel = from.channel;
}

}  // namespace

void ToldHandler::handle(std::string_view payload, std::size_t skip, bool gap) noexcept {
    if (gap) begun_.fill(false);
    try {
        if (!reader_.read(payload, events_)) {
            shared_->counters.frames_broken.add();
            return failed("the broker's frame cannot be read");
        }
    } catch (const std::exception& exception) {
        return failed(exception.what());
    }
    for (std::size_t i = skip; i < events_.size(); ++i) {
        // Others are told what is left.
        if (shared_->ending.load(std::memory_order_relaxed)) return;
        try {
            give(events_[i]);
        } catch (const std::exception& exception) {
            failed(exception.what());
        } catch (...) {
            failed("something that is no exception");
        }
    }
}

void ToldHandler::give(const wire::SessionEvent& event) {
    switch (static_cast<WireKind>(event.kind)) {
        case WireKind::opened:
        case WireKind::resumed:
        case WireKind::closed:
            return give_to(handlers_.session, event);
        case WireKind::online:
        case WireKind::offline:
            return give_to(handlers_.user, event);
        case WireKind::occupied:
        case WireKind::vacated:
            return give_to(handlers_.channel, event);
        default:
            break;
    }
    if (!is_whole(event)) return;
    if (event.kind <= static_cast<std::uint8_t>(WireKind::sessions_end))
        return give_to(handlers_.session, event);
    if (event.kind <= static_cast<std::uint8_t>(WireKind::users_end)) return give_to(handlers_.user, event);
    give_to(handlers_.channel, event);
}

/// False for a kind that is not known, and for the end of a snapshot whose beginning another instance was
/// told: whoever believed it would drop what was mentioned only to that one.
bool ToldHandler::is_whole(const wire::SessionEvent& event) {
    constexpr auto kFirst = static_cast<std::uint8_t>(WireKind::sessions_begin);
    if (event.kind < kFirst || event.kind > static_cast<std::uint8_t>(WireKind::channels_end)) {
        shared_->counters.frames_ignored.add();
        return false;
    }
    const std::size_t marker = event.kind - std::size_t{kFirst};
    const bool begins = marker % 2 == 0;
    return std::exchange(begun_[marker / 2], begins) || begins;
}

template <typename Event>
void ToldHandler::give_to(const std::function<void(const Event&)>& handler, const wire::SessionEvent& from) {
    if (!handler) return;
    Event event;
    take_common(from, event);
    take(from, event);
    handler(event);
}

void ToldHandler::failed(std::string_view what) noexcept {
    shared_->counters.session_events_failed.add();
    shared_->log->error("a session event was not handled", {{"what", what}});
}

}  // namespace fairlead::detail
