// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fairlead/fields.h>
#include <fairlead/value.h>

/// What a service can ask the broker of clients and channels: see User, Channel and Client in publish.h. A
/// service with a key needs `_broker.>` among the topics that it may call. Threads: any.
namespace fairlead {

/// A client of a user.
struct ConnectedClient {
    std::string client;   ///< its id, for Service::client()
    std::string session;  ///< `sid` of its token; empty = none
    std::string address;
    Value meta;  ///< the token's `meta`: a map, or null
    FAIRLEAD_FIELDS(client, session, address, meta)
};

/// A subscriber of a channel, as other subscribers see it.
struct PresentClient {
    std::string client;
    std::string user;  ///< empty = anonymous
    Value conn_info;   ///< of the connection token or hook; null = none
    Value chan_info;   ///< of the subscription token or hook; null = none
    FAIRLEAD_FIELDS(client, user, conn_info, chan_info)
};

struct PresenceStats {
    std::uint32_t clients = 0;
    std::uint32_t users = 0;  ///< distinct user ids
    FAIRLEAD_FIELDS(clients, users)
};

/// A publication that is kept.
struct KeptPublication {
    std::uint64_t offset = 0;
    std::int64_t time = 0;  ///< Unix milliseconds
    Value data;
    std::map<std::string, std::string> tags;
    std::string user;  ///< the publisher, when it was a client
    std::string client;
    FAIRLEAD_FIELDS(offset, time, data, tags)
    FAIRLEAD_DEFAULTED(user, client)
};

/// A part of a channel's stream.
struct History {
    std::vector<KeptPublication> publications;
    std::uint64_t offset = 0;  ///< of the newest publication, whether or not it is kept
    std::string epoch;
    FAIRLEAD_FIELDS(publications, offset, epoch)
};

/// Which part. The broker may give less than `limit`: at most 1000, and about 128 KiB.
struct HistoryOptions {
    std::uint64_t limit = 100;            ///< 0 = only the position
    std::optional<std::uint64_t> offset;  ///< those after it; in reverse those before it
    std::string epoch;                    ///< of `offset`; empty = whichever there is
    bool reverse = false;                 ///< the newest first
};

}  // namespace fairlead
