// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::core {

/// What services are told of clients: who came, who went, who came back, and which channels have subscribers.
///
/// Of two events about one thing (a session, a user, a channel) the one with the larger generation is newer,
/// in whatever order they arrive, across restarts of the broker too.
struct SessionEvent {
    enum class Kind : std::uint8_t {
        opened,    ///< a session has its first client
        resumed,   ///< a session has another client, within the grace time or beside the old one
        closed,    ///< its last client has gone, and none came back in time
        online,    ///< a user has a client
        offline,   ///< and none any more, for the grace time
        occupied,  ///< a channel has a subscriber
        vacated,   ///< and none any more, for the delay
    };
    Kind kind = Kind::opened;
    std::uint64_t generation = 0;
    std::int64_t time = 0;     ///< Unix milliseconds at which it happened
    std::string user;          ///< of session and user events; empty = anonymous
    std::string session;       ///< of session events: the `sid`; empty = the client has none
    std::string client;        ///< of session events: the client id
    std::string channel;       ///< of channel events
    std::string address = {};  ///< opened, resumed
    std::string meta = {};     ///< opened, resumed: MessagePack; empty = none
    std::string state = {};    ///< resumed: what services kept with it, MessagePack; empty = nothing
    std::uint16_t code = 0;    ///< closed: of its last client
    std::string reason = {};   ///< closed
    std::chrono::milliseconds duration{};  ///< closed: since opened
};

/// What session events are about; services listen to each by itself.
enum class Subjects : std::uint8_t { sessions, users, channels };

constexpr Subjects subjects_of(SessionEvent::Kind kind) noexcept {
    using Kind = SessionEvent::Kind;
    if (kind <= Kind::closed) return Subjects::sessions;
    return kind <= Kind::offline ? Subjects::users : Subjects::channels;
}

/// A part of all that there is now, as the events that made it: opened, online, occupied.
struct SnapshotPage {
    std::vector<SessionEvent> events;
    std::uint64_t next = 0;  ///< where the next page begins; 0 = this was the last
};

}  // namespace fairlead::core
