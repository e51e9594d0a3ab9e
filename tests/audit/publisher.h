// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fairlead/fairlead.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "audit/history.h"

namespace fairlead::audit {

/// Publishes through a service and records what it does and what comes of it. Threads: one.
class Publisher {
public:
    Publisher(Service& service, Recorder& recorder, std::uint32_t number)
        : service_(service), recorder_(recorder), number_(number) {}

    /// Two steps, so that the records of many are on their way to the disk before the first is sent: a
    /// service that is killed must not have published what it did not record. announce(), flush() of the
    /// recorder, then send_all().
    void announce(const std::string& channel, std::string filling);
    void send_all();

    /// Records the outcomes that are known, in order, and waits for the first until `timeout`.
    void settle(std::chrono::milliseconds timeout);
    std::size_t under_way() const { return sent_.size(); }
    /// How many clients the last one reached whose outcome was settled; 0 for a failure.
    std::uint32_t reached() const { return reached_; }
    std::uint32_t seq_of(const std::string& channel) const { return seqs_.at(channel); }

private:
    struct Announced {
        std::string channel;
        std::string filling;
        std::uint32_t seq = 0;
    };
    struct Sent {
        std::string channel;
        std::uint32_t seq = 0;
        Future<Published> outcome;
    };

    void record(const Sent& sent, const Result<Published>& outcome);

    Service& service_;
    Recorder& recorder_;
    std::uint32_t number_;
    std::map<std::string, std::uint32_t> seqs_;
    std::deque<Announced> announced_;
    std::deque<Sent> sent_;
    std::uint32_t reached_ = 0;
};

}  // namespace fairlead::audit
