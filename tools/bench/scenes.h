// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "bench/fanout.h"
#include "bench/report.h"
#include "bench/request.h"
#include "bench/target.h"

namespace fairlead::bench {

/// How a scene is repeated.
struct Repeat {
    unsigned rounds = 5;
    std::chrono::milliseconds duration{2000};   // of each round
    std::chrono::milliseconds warm_up{1000};    // before the first; its figures are dropped
    std::chrono::milliseconds patience{60000};  // for all clients to connect
};

/// Scenes: each runs its rounds against a target and writes its figures, or a failure, into the report. They
/// block until they are done. Threads: one.

/// Deliveries a second, CPU of the broker a delivery, and its ratio to the kernel's floor, taken in turn with
/// it.
void run_fanout(Target& target, const FanoutOptions& options, const Repeat& repeat, Report& report);
/// Requests a second, their delays, CPU of the broker a request. Somebody must serve the topic.
void run_request(Target& target, const RequestOptions& options, const Repeat& repeat, Report& report);
/// Memory of the broker a connected client, and its CPU while nothing happens.
void run_idle(Target& target, std::size_t clients, const Repeat& repeat, Report& report);
/// CPU of the broker a connect (accept, upgrade, connect command).
void run_connect(Target& target, std::size_t clients, const Repeat& repeat, Report& report);

struct FloorOptions {
    std::size_t sockets = 1000;
    std::size_t bytes = 150;   // of one send()
    std::size_t messages = 1;  // send() calls a socket and turn
    bool pin = false;
};

/// The floor alone.
void run_floor(const FloorOptions& options, const Repeat& repeat, Report& report);

}  // namespace fairlead::bench
