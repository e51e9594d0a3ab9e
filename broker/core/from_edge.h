// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/claims.h"
#include "core/client_key.h"
#include "core/payload.h"
#include "core/slow_reader.h"

/// All that an edge thread may ask of core. `id` is the command's id, which the answer carries.
/// For each client: Connect first, then anything, then Disconnected once. What comes of an unknown client is dropped.
namespace fairlead::core {

/// Where a subscriber was when it was here last. An empty epoch: whichever there is.
struct Missed {
    std::uint64_t offset = 0;
    std::string epoch;
};

struct Connect {
    struct Position {
        std::string channel;
        Missed missed;
    };
    ClientKey client;
    std::uint32_t id = 0;
    std::optional<Claims> claims;  ///< absent: no token was sent
    std::string meta;              ///< the claims' `meta` as MessagePack
    std::string address;           ///< of the peer, for services and logs
    Payload data;                  ///< what the client sent with it, for the connect hook
    std::string name;              ///< what the client calls its SDK; untrusted
    std::string version;
    std::vector<Position> positions = {};  ///< in channels that the broker subscribed it to
};

struct Disconnected {
    ClientKey client;
    std::uint16_t code = 0;
    std::string reason;
};

struct Subscribe {
    ClientKey client;
    std::uint32_t id = 0;
    std::string channel;
    std::optional<Missed> recover = {};              ///< it wants what it missed since then
    std::unique_ptr<SubscriptionClaims> token = {};  ///< null: none was sent
    Payload data = {};                               ///< what the client sent with it, for the hook
    bool or_fail = false;                            ///< 112 when that cannot be had
    bool join_leave = false;                         ///< it wants to be told who joins and who leaves
};

struct Unsubscribe {
    ClientKey client;
    std::uint32_t id = 0;
    std::string channel;
};

struct Publish {
    ClientKey client;
    std::uint32_t id = 0;
    std::string channel;
    Payload data;
};

struct Call {
    ClientKey client;
    std::uint32_t id = 0;
    std::string topic;
    std::string payload;  ///< MessagePack; empty = none
};

struct Send {
    ClientKey client;
    std::string payload;  ///< MessagePack
};

struct Refresh {
    ClientKey client;
    std::uint32_t id = 0;
    std::unique_ptr<Claims> claims;
    std::string meta;
};

/// A new token for a subscription.
struct SubRefresh {
    ClientKey client;
    std::uint32_t id = 0;
    std::string channel;
    std::unique_ptr<SubscriptionClaims> token;
};

/// presence, presence_stats, history: features that a channel may not have.
struct Query {
    enum class Kind : std::uint8_t { presence, presence_stats, history };
    ClientKey client;
    std::uint32_t id = 0;
    Kind kind = Kind::presence;
    std::string channel;
    std::optional<Missed> since = {};  ///< history: those after it; in reverse those before it
    std::int32_t limit = 0;            ///< history: 0 = the position only, < 0 = all that there may be
    bool reverse = false;              ///< history: the newest first
};

/// A client did not read, and publications of a channel were not queued for it, or it was closed for that. Sent when it
/// begins and, with `recover`, when the client reads again: its place in that channel has a gap, and it must come back to
/// the channel for what it missed.
struct Lagged {
    ClientKey client;
    std::string channel;
    SlowReader act = SlowReader::disconnect;
    std::size_t bytes = 0;            ///< that waited for it
    std::chrono::milliseconds age{};  ///< how long the oldest of them did
    std::uint64_t dropped = 0;        ///< publications that it did not get, of all channels, since it lags
    bool recover = false;
};

using FromEdge = std::variant<std::unique_ptr<Connect>, Disconnected, Subscribe, Unsubscribe, Publish, Call, Send,
                              Refresh, SubRefresh, Query, Lagged>;

}  // namespace fairlead::core
