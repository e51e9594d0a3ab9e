// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace fairlead::core {

/// What became of what channels carry, in copies: one a client that it was for.
struct Deliveries {
    std::uint64_t handed = 0;         ///< to the queues of clients
    std::uint64_t dropped = 0;        ///< of these, for clients that do not read
    std::uint64_t conflated = 0;      ///< of these: a newer one took its place
    std::uint64_t unsent = 0;         ///< of these: the subscription or the connection ended before
    std::uint64_t undeliverable = 0;  ///< of these: the publication has no form that clients read
    std::uint64_t gaps = 0;           ///< subscriptions that had to be recovered for what was dropped
    std::uint64_t closed_slow = 0;    ///< clients

    Deliveries& operator+=(const Deliveries& more) noexcept {
        handed += more.handed;
        dropped += more.dropped;
        conflated += more.conflated;
        unsent += more.unsent;
        undeliverable += more.undeliverable;
        gaps += more.gaps;
        closed_slow += more.closed_slow;
        return *this;
    }
};

/// What there is, and what was since the broker's start. Deliveries may be a moment behind the rest.
struct Counts {
    std::size_t clients = 0;
    std::size_t users = 0;
    std::size_t channels = 0;
    std::size_t calls = 0;
    std::uint64_t late_outcomes = 0;

    std::uint64_t publications = 0;  ///< accepted, those that were known already too
    std::uint64_t refused = 0;       ///< publications
    std::uint64_t copies = 0;        ///< of publications: as their acknowledgements say
    std::uint64_t recovered = 0;     ///< subscriptions that asked for what they missed and got it
    std::uint64_t unrecovered = 0;   ///< ... and were told that it cannot be had
    Deliveries deliveries;
};

}  // namespace fairlead::core
