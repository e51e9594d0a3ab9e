// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/client_key.h"
#include "core/history.h"
#include "core/payload.h"
#include "wire/error.h"

/// All that core may tell an edge thread, in the order in which it takes effect there.
/// What is for a client that has gone is dropped.
namespace fairlead::core {

/// Where a subscriber stands in a channel that keeps history.
struct StreamState {
    Position position;         ///< recovered: the one that the client came with; else the newest
    bool recoverable = false;  ///< it may come back and ask for what it missed
    bool recovered = false;    ///< `publications` are all that it missed
    std::vector<PublicationPtr> publications = {};
    std::uint64_t top = 0;  ///< the newest offset of the stream
};
using StreamStatePtr = std::unique_ptr<StreamState>;  ///< null: the channel keeps none

/// The connect command succeeded. The edge subscribes the client to `channels` (server-side) as it handles this.
struct Connected {
    ClientKey client;
    std::uint32_t id = 0;
    std::string client_id;
    std::optional<std::chrono::seconds> ttl;  ///< the client must refresh within; absent = never
    struct Channel {
        std::string name;
        bool was_recovering = false;  ///< the client came with a place in it
        StreamStatePtr stream = {};
        bool join_leave = false;  ///< it is told who joins and who leaves
    };
    std::vector<Channel> channels;
};

/// A subscribe command succeeded: from here on the client gets the channel's publications.
struct Subscribed {
    ClientKey client;
    std::uint32_t id = 0;
    std::string channel;
    bool was_recovering = false;
    std::optional<std::chrono::seconds> ttl = {};  ///< to refresh the token within; absent = never
    StreamStatePtr stream = {};
    bool join_leave = false;  ///< it is told who joins and who leaves
};

/// The broker has subscribed the client after its connect (server-side).
struct Joined {
    ClientKey client;
    std::string channel;
    StreamStatePtr stream = {};
    bool join_leave = false;
};

/// An unsubscribe command was done: what waits of this channel in the client's queue is withdrawn before the reply.
struct Unsubscribed {
    ClientKey client;
    std::uint32_t id = 0;
    std::string channel;
};

/// A publish command was accepted.
struct Published {
    ClientKey client;
    std::uint32_t id = 0;
};

/// The reply of an rpc. `payload` is MessagePack; empty = none.
struct Answered {
    ClientKey client;
    std::uint32_t id = 0;
    std::string payload;
};

struct Refreshed {
    ClientKey client;
    std::uint32_t id = 0;
    std::optional<std::chrono::seconds> ttl;
};

struct SubRefreshed {
    ClientKey client;
    std::uint32_t id = 0;
    std::optional<std::chrono::seconds> ttl;
};

/// The answer to a history command.
struct HistoryRead {
    ClientKey client;
    std::uint32_t id = 0;
    Stored stored;
};

/// The answer to a presence command, and to a presence_stats command.
struct PresenceRead {
    ClientKey client;
    std::uint32_t id = 0;
    std::vector<std::shared_ptr<const ClientInfo>> clients;
};
struct PresenceCounted {
    ClientKey client;
    std::uint32_t id = 0;
    std::uint32_t clients = 0;
    std::uint32_t users = 0;
};

/// The broker ends a subscription: what waits of the channel is withdrawn and the client is told.
struct Dropped {
    ClientKey client;
    std::string channel;
    std::uint16_t code = 0;
    std::string reason;
};

/// Any command failed.
struct Failed {
    ClientKey client;
    std::uint32_t id = 0;
    bool connect = false;  ///< it was the connect command: the edge ignores all that follows and waits for the close
    wire::Failure failure;
};

/// A message to one client, outside of channels.
struct Message {
    ClientKey client;
    Payload data;
};

/// The client must go. `reason` empty = the code's default.
struct CloseClient {
    ClientKey client;
    std::uint16_t code = 0;
    std::string reason;
};

/// One publication for all of this thread's subscribers of its channel.
struct Deliver {
    PublicationPtr publication;
    std::uint32_t subscribers = 0;  ///< as core knows; some may be gone

    const Publication& operator*() const noexcept { return *publication; }
    const Publication* operator->() const noexcept { return publication.get(); }
};

/// Somebody has joined a channel, or left it, for those of this thread's subscribers who are told.
struct Announcement {
    std::string channel;
    std::shared_ptr<const ClientInfo> info;
    bool left = false;
    SlowReader slow_reader = SlowReader::disconnect;  ///< the rule of its namespace
};
using Announce = std::shared_ptr<const Announcement>;

using ToEdge = std::variant<std::unique_ptr<Connected>, Subscribed, Joined, Unsubscribed, Published, Answered, Refreshed,
                            SubRefreshed, std::unique_ptr<HistoryRead>, Dropped, Failed, Message, CloseClient, Deliver, Announce,
                            std::unique_ptr<PresenceRead>, PresenceCounted>;

}  // namespace fairlead::core
