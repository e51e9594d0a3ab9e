// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/claims.h"
#include "core/client_key.h"
#include "core/payload.h"

/// All that an edge thread may ask of core. `id` is the command's id, which the answer carries.
/// For each client: Connect first, then anything, then Disconnected once. What comes of an unknown client is dropped.
namespace fairlead::core {

struct Connect {
    ClientKey client;
    std::uint32_t id = 0;
    std::optional<Claims> claims;  ///< absent: no token was sent
    std::string meta;              ///< the claims' `meta` as MessagePack
    std::string address;           ///< of the peer, for services and logs
    Payload data;                  ///< what the client sent with it, for the connect hook
    std::string name;              ///< what the client calls its SDK; untrusted
    std::string version;
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
    bool recover = false;
    std::unique_ptr<SubscriptionClaims> token = {};  ///< null: none was sent
    Payload data = {};                               ///< what the client sent with it, for the hook
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
};

using FromEdge = std::variant<std::unique_ptr<Connect>, Disconnected, Subscribe, Unsubscribe, Publish, Call, Send,
                              Refresh, SubRefresh, Query>;

}  // namespace fairlead::core
