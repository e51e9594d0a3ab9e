// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <fairlead/value.h>

/// Session events: who came, who went, who came back, and which channels have subscribers. See
/// Service::on_session() and its siblings.
///
/// **Who is told.** A service that listens is one group with all its instances (ServiceOptions::group). One
/// instance of it at a time is told everything, in order, one event after the other; when it goes, the next
/// one goes on. Instances of a group should listen to the same. One that wants to be told whatever the others
/// are told takes a group of its own.
///
/// **At least once.** An event counts as heard when its handler has returned, or has thrown. What an instance
/// leaves unheard, another one is told, so two instances may be told the same, and an old event can come to
/// one that knows a newer one already. `generation` tells: of two events about one session, user or channel
/// the one with the larger generation is newer, across restarts of the broker too. Whoever stores something
/// stores the generation with it, and does nothing when what is stored is newer.
///
/// **Snapshots.** An instance that begins to be told, and one that was so slow that the broker had to throw
/// events away (above 1 MiB), is told all that there is: `snapshot_begins`, then `opened`, `online` or
/// `occupied` with `replayed` set for each that there is, then `snapshot_ends`. What happens meanwhile stands
/// between them, without `replayed`. Whoever keeps a list drops at the end what was not mentioned since the
/// beginning:
///
///     service.on_user([&](const fairlead::UserEvent& event) {
///         using Kind = fairlead::UserEvent::Kind;
///         switch (event.kind) {
///             case Kind::snapshot_begins: mentioned.clear(); break;
///             case Kind::snapshot_ends: keep_only(online, mentioned); break;
///             case Kind::online: online.insert(event.user); mentioned.insert(event.user); break;
///             case Kind::offline: online.erase(event.user); break;
///         }
///     });
///
/// A beginning without an end before it begins the same anew.
///
/// While a group has no instance the broker keeps what happens, for 10 minutes and up to 1 MiB.
namespace fairlead {

/// A session came, came back or went. A session is what a user's clients with one `sid` are together; a
/// client without `sid` is one of its own, which never resumes.
struct SessionEvent {
    enum class Kind : std::uint8_t {
        snapshot_begins,
        snapshot_ends,
        opened,   ///< it has its first client
        resumed,  ///< it has another client, within the grace time or beside the old one
        closed,   ///< its last client has gone, and none came back in time
    };
    Kind kind = Kind::snapshot_begins;
    bool replayed = false;  ///< in a snapshot: it is so, and did not happen just now
    std::uint64_t generation = 0;
    std::chrono::system_clock::time_point time{};  ///< when it happened
    std::string user;                              ///< empty = anonymous
    std::string session;                           ///< the `sid`; empty = the client has none
    std::string client;                            ///< id of the client that it is about
    std::string address;                           ///< opened, resumed: where the client comes from
    Value meta;                                    ///< opened, resumed: as Caller::meta
    Value state;             ///< resumed: what services have kept with the session; null = nothing
    bool trimmed = false;    ///< meta, or meta and state, are more than 64 KiB: they are null
    std::uint16_t code = 0;  ///< closed: close code of its last client
    std::string reason;      ///< closed
    std::chrono::milliseconds duration{0};  ///< closed: since it was opened
};

/// A user is there or not. Anonymous clients are none.
struct UserEvent {
    enum class Kind : std::uint8_t {
        snapshot_begins,
        snapshot_ends,
        online,   ///< it has a client
        offline,  ///< it had none for the grace time
    };
    Kind kind = Kind::snapshot_begins;
    bool replayed = false;
    std::uint64_t generation = 0;
    std::chrono::system_clock::time_point time{};
    std::string user;
};

/// A channel has subscribers or not.
struct ChannelEvent {
    enum class Kind : std::uint8_t {
        snapshot_begins,
        snapshot_ends,
        occupied,  ///< it has a subscriber
        vacated,   ///< it had none for a while
    };
    Kind kind = Kind::snapshot_begins;
    bool replayed = false;
    std::uint64_t generation = 0;
    std::chrono::system_clock::time_point time{};
    std::string channel;
};

}  // namespace fairlead
