// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "backplane/dispatch.h"
#include "backplane/events.h"
#include "backplane/feeds.h"

namespace fairlead::backplane {

/// What the backplane has seen since its start.
struct Counts {
    std::size_t links = 0;
    Dispatch::Counts requests;
    Events::Counts events;
    Feeds::Counts feeds;

    std::uint64_t messages_in = 0;  ///< of ZeroMQ
    std::uint64_t messages_out = 0;
    std::uint64_t frames_in = 0;
    std::uint64_t frames_out = 0;
    std::uint64_t publications = 0;
    std::uint64_t pushes = 0;
    std::uint64_t controls = 0;

    std::uint64_t malformed = 0;      ///< messages and headers that break the protocol
    std::uint64_t bad_payloads = 0;   ///< of services, no MessagePack value inside the limits
    std::uint64_t unknown_kinds = 0;  ///< of a newer protocol
    std::uint64_t unexpected = 0;     ///< known kinds that no service sends
    std::uint64_t strangers = 0;      ///< messages of peers that we do not know
    std::uint64_t refused = 0;        ///< greetings
    std::uint64_t cut = 0;            ///< links, for breaking the protocol
    std::uint64_t lost = 0;           ///< links that ended without a goodbye
    std::uint64_t takeovers = 0;
    std::uint64_t endless = 0;  ///< connections cut, for a message without end
    std::uint64_t idle = 0;     ///< connections cut that had no link and nothing to say

    // With keys only.
    std::uint64_t keys_refused = 0;  ///< handshakes
    std::uint64_t nameless = 0;      ///< messages of which libzmq does not say whose they are
    std::uint64_t keys_gone = 0;     ///< messages under a key that was taken out of the table
    std::uint64_t impostors = 0;     ///< messages with the routing id of somebody else
    std::uint64_t denied = 0;        ///< frames beyond what the key may do
};

}  // namespace fairlead::backplane
