// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/slow_reader.h"

namespace fairlead::core {

/// How the bytes of a payload are written. Behind the broker all is MessagePack; between clients of one encoding the
/// bytes stay as they came.
enum class Encoding : std::uint8_t { json, msgpack };

/// One value of the application. Empty bytes: no value was given.
struct Payload {
    Encoding encoding = Encoding::json;
    std::string bytes;
};

using Tags = std::vector<std::pair<std::string, std::string>>;

/// Who a client is, as other clients may see it. `conn_info` is JSON text, empty = none.
struct ClientInfo {
    std::string user;
    std::string client;
    std::string conn_info;
    std::string chan_info = {};  ///< of its subscription, JSON text
};

/// A message in a channel. Immutable once posted: edge threads share it.
struct Publication {
    std::string channel;
    Payload data;
    std::shared_ptr<const ClientInfo> info;  ///< the publisher, when it is a client
    Tags tags;
    std::uint64_t offset = 0;  ///< 0: the channel keeps no history
    std::int64_t time = 0;     ///< Unix milliseconds; 0: the channel keeps no history
    std::string key = {};      ///< of what it says something new; for conflation
    SlowReader slow_reader = SlowReader::disconnect;  ///< the rule of its namespace
    bool recoverable = false;  ///< a subscriber that misses it can get it again
};

}  // namespace fairlead::core
