// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fairlead/testing.h>

#include "core/client_key.h"
#include "testing/client_queue.h"

namespace fairlead::testing {

/// A client, and what the edge knows of it. Guarded by the edge's mutex, but for `key`.
struct Guest {
    Guest(core::ClientKey its_key, ClientQueue its_queue) : key(its_key), queue(std::move(its_queue)) {}

    const core::ClientKey key;

    // The edge's.
    ClientQueue queue;
    bool reads = true;
    bool told = false;  ///< core knows that it lags
    bool gone = false;
    std::set<std::string> subscribed;

    // The client's own: what it has read.
    struct Place {
        bool own = false;  ///< it subscribed by itself
        bool recoverable = false;
        std::uint64_t offset = 0;
        std::string epoch;
    };
    std::string id;
    std::uint32_t last_command = 0;
    std::map<std::uint32_t, std::optional<Result<std::string>>> commands;  ///< their outcomes
    std::map<std::string, Place, std::less<>> places;
    std::vector<Publication> publications;
    std::map<std::string, std::size_t> given;  ///< by channel: how many of them next_publication() gave
    std::vector<Value> messages;
    std::size_t messages_given = 0;
    std::optional<Closed> closed;
};

}  // namespace fairlead::testing
