// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/timer_wheel.h"
#include "core/client_key.h"
#include "core/from_edge.h"
#include "core/ports.h"
#include "edge/admission.h"
#include "edge/channels.h"
#include "edge/counts.h"
#include "edge/frame.h"
#include "edge/handshake.h"
#include "edge/json/command_decoder.h"
#include "edge/json/to_msgpack.h"
#include "edge/options.h"
#include "edge/poller.h"

namespace fairlead::edge {

class Connection;
class TlsIdentity;

/// A deadline of a connection. `slot` and `generation` as in core::ClientKey: late ones find nobody.
struct Deadline {
    enum class Kind : std::uint8_t {
        phase,    ///< TLS handshake, upgrade, connect command, ping or pong, end of a close: by the connection's phase
        message,  ///< a message that has begun must be complete
        resume,   ///< reading was paused for its rate and goes on
    };
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
    Kind kind = Kind::phase;
};

/// What all connections of one edge thread share.
/// Threads: that thread.
struct Context {
    Options options;       ///< a reload changes them between two turns
    HandshakeRules rules;
    const std::string& version;  ///< of the broker, for connect results
    base::Clock& clock;
    base::Log& log;
    const core::TokenVerifier& tokens;
    base::Mailbox<core::FromEdge>& core;
    Admission& admission;
    const TlsIdentity* tls;      ///< none: connections are plain
    core::EdgeIndex index;
    std::size_t max_queued_bytes;  ///< this thread's share of all out-queues

    Poller poller;
    base::TimerWheel<Deadline> deadlines;
    Channels channels;
    json::CommandDecoder decoder;
    json::ToMsgpack to_msgpack;
    FramePtr ping;                   ///< shared by all heartbeats
    std::string text;                ///< where replies are encoded; never held across a call
    std::vector<char> buffer;        ///< where sockets are read into and written from
    std::vector<Connection*> dirty;  ///< have output to flush at the end of the turn
    std::vector<Connection*> gone;   ///< to be destroyed at the end of the turn
    std::list<Connection*> newcomers;  ///< have not connected yet; who made no step for longest stands first
    std::function<void()> want_turn; ///< asks the loop for an end of turn
    base::Steady now;                ///< of this batch of events
    std::size_t queued_bytes = 0;    ///< in all out-queues of this thread
    Counts counts;
    base::Steady refusal_said_at{};
    std::uint64_t refused_unsaid = 0;

    /// A connection was refused by a limit: counted, and said once a second at the most.
    void note_refusal(std::string_view why, std::string_view address);
};

}  // namespace fairlead::edge
