// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "client/swarm.h"

namespace fairlead::bench {

using client::Clock;
using client::Deadline;
using client::Result;

/// Many connected clients of a broker, each subscribed to one channel if that is wanted. A benchmark derives
/// from it and gets all replies after its clients stand. Threads: one.
class Crowd : public client::SwarmListener {
public:
    /// `channel` may be empty.
    explicit Crowd(std::string channel = {}) : channel_(std::move(channel)) {}

    /// Connects `clients` further ones and waits until each has its reply.
    Result<void> gather(const client::Url& url, std::size_t clients, std::chrono::milliseconds timeout);
    /// One further client that subscribes to nothing; gives its number.
    Result<std::size_t> gather_plain(std::chrono::milliseconds timeout);
    /// Ends all of them, and forgets why earlier ones ended.
    void disperse();

    client::Swarm& swarm() { return *swarm_; }
    std::size_t ready() const { return ready_; }
    /// The first thing that went wrong; empty = nothing.
    const std::string& fault() const { return fault_; }

protected:
    virtual void replied(std::size_t connection, std::string_view reply) = 0;
    void fail(std::string_view what);

private:
    void opened(std::size_t connection) override;
    void received(std::size_t connection, std::string_view reply) override;
    void gone(std::size_t connection, std::string_view why) override;
    Result<void> wait_ready(std::size_t wanted, std::chrono::milliseconds timeout);

    std::string channel_;
    std::optional<client::Swarm> swarm_;
    std::size_t subscribing_ = 0;  // the first so many connections subscribe
    std::size_t ready_ = 0;
    std::string fault_;
};

}  // namespace fairlead::bench
