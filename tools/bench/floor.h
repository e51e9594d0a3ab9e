// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/child.h"
#include "client/descriptor.h"
#include "client/result.h"

namespace fairlead::bench {

/// What one round of the floor saw.
struct FloorRound {
    double seconds = 0;
    std::uint64_t sends = 0;
    double cpu_us_per_send = 0;
};

/// The kernel's own price: a process that does nothing but send() the same bytes to the same number of
/// loopback sockets, while we read. What a broker's delivery costs is told as a multiple of it. Threads: one.
class Floor {
public:
    /// Starts the sending process, pinned to `core` if given, and connects `sockets` to it.
    static client::Result<std::unique_ptr<Floor>> start(std::size_t sockets, std::optional<int> core);

    /// Turns of `messages` send() calls of `bytes` a socket, one after another, for that long.
    client::Result<FloorRound> run(std::chrono::milliseconds duration, std::size_t messages,
                                   std::size_t bytes);

private:
    explicit Floor(std::unique_ptr<client::Child> child) : child_(std::move(child)) {}

    client::Result<void> connect(std::size_t sockets);
    client::Result<void> turn(std::size_t messages, std::size_t bytes);

    std::unique_ptr<client::Child> child_;
    client::Descriptor control_;
    client::Descriptor epoll_;
    std::vector<client::Descriptor> sockets_;
    std::vector<char> buffer_;
};

/// The sending process: prints its port, takes one connection for commands and then `sockets` others, and
/// sends as told until the first one closes. Gives the exit status.
int run_floor_sender(std::size_t sockets);

}  // namespace fairlead::bench
