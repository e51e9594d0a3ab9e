// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "base/counter.h"

namespace fairlead::edge {

/// Counts of one edge thread since its start. What channels carry is counted in copies, one a client that it
/// was for: publications, and joins and leaves for those who are told. Each copy that was handed to a
/// client's queue was written to its connection, unless it is counted as dropped, conflated, unsent or undeliverable.
/// Threads: the edge thread counts, any reads.
struct Counts {
    base::Counter accepted;
    base::Counter refused;         ///< by a limit of connections: before a byte was read, or to make room
    base::Counter bad_requests;    ///< no upgrade: an HTTP error was the answer
    base::Counter bad_handshakes;  ///< TLS that came to nothing
    base::Counter commands;
    base::Counter deliveries;     ///< copies
    base::Counter undeliverable;  ///< of deliveries: the publication has no JSON form
    base::Counter slow;           ///< clients closed because they did not read
    base::Counter lagging;        ///< clients that do not read, now
    std::array<base::Counter, 4> dropped;  ///< of deliveries, by the core::SlowReader of the channel
    base::Counter conflated;               ///< of deliveries: a newer one took its place
    base::Counter unsent;                  ///< of deliveries: the subscription or the connection ended before
    base::Counter gaps;                    ///< subscriptions that must be recovered for what was dropped
};

}  // namespace fairlead::edge
