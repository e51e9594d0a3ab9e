// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace fairlead {

/// What a Service did since its start.
struct Stats {
    std::uint64_t requests = 0;        ///< came in
    std::uint64_t replies = 0;         ///< answered with a value
    std::uint64_t errors = 0;          ///< answered with an error
    std::uint64_t returned_full = 0;   ///< handed back: no room
    std::uint64_t returned_late = 0;   ///< handed back: deadline passed or cancelled before a handler began
    std::uint64_t returned_other = 0;  ///< handed back: draining, or no such topic
    std::uint64_t lost_answers = 0;    ///< answers to a broker that had gone for good
    std::uint64_t events = 0;          ///< came in
    std::uint64_t events_dropped = 0;  ///< no room, or their payload did not decode
    std::uint64_t session_events = 0;  ///< came in, markers of snapshots too; those told again do not count
    std::uint64_t session_events_failed = 0;  ///< their handler threw, or they could not be read
    std::uint64_t calls = 0;                  ///< asked of other services
    std::uint64_t calls_failed = 0;
    std::uint64_t sent = 0;  ///< publications, events, pushes and disconnects
    std::uint64_t sends_failed = 0;
    std::uint64_t reconnects = 0;
    std::uint64_t frames_ignored = 0;  ///< of an unknown kind, or for nobody
    std::uint64_t frames_broken = 0;
    std::uint64_t in_flight = 0;  ///< now: requests without an outcome
};

}  // namespace fairlead
