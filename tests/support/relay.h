// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/descriptor.h"

namespace fairlead::support {

/// Stands between two sides of TCP on loopback and passes on what they say, or one way no longer: as a
/// network that drops the packets of one direction, in which neither side hears of an end. Threads: any; a
/// thread of its own moves the bytes.
class Relay {
public:
    /// Connects to this port of loopback whenever somebody connects to port(). Throws std::runtime_error.
    explicit Relay(std::uint16_t to);
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    std::uint16_t port() const { return port_; }

    /// Whether what the side says that connected goes on, and what the other one says.
    void let_through(bool there, bool back);

private:
    struct Pair;

    void run();
    void accept();
    void pass_on();

    std::uint16_t to_;
    std::uint16_t port_ = 0;
    client::Descriptor listener_;
    std::vector<std::unique_ptr<Pair>> pairs_;
    std::atomic<bool> there_{true};
    std::atomic<bool> back_{true};
    std::atomic<bool> over_{false};
    std::thread thread_;
};

}  // namespace fairlead::support
