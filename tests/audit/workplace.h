// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "audit/caller.h"
#include "audit/history.h"
#include "support/broker.h"
#include "support/relay.h"
#include "support/temporary_file.h"

namespace fairlead::audit {

/// A real broker, workers in processes of their own, each behind a relay, and callers that ask; what they
/// recorded lies in one folder. Threads: one at a time.
class Workplace {
public:
    /// Callers ask that many requests in all, and begin at once.
    Workplace(int threads, std::uint64_t requests);
    /// The records stay where they are if `keep_records` was called.
    ~Workplace();
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;

    /// Requests that have not begun.
    std::int64_t left() const { return left_; }
    std::size_t workers() const { return workers_.size(); }
    std::vector<std::unique_ptr<Caller>>& callers() { return callers_; }

    void kill_broker();
    void kill_worker(std::size_t which);
    /// It drains, and a new one comes. Throws std::runtime_error if it does not end well.
    void restart_worker(std::size_t which);
    void signal_worker(std::size_t which, int number);
    support::Relay& relay(std::size_t which) { return *relays_[which]; }

    /// Waits until callers have no more to ask and workers have ended.
    void finish();
    /// What all recorded. Only after finish().
    History history() const;

    void keep_records(bool keep) { keep_ = keep; }
    const std::filesystem::path& folder() const { return folder_; }

private:
    void start_worker(std::size_t which);
    std::string record(const std::string& name) const { return (folder_ / (name + ".log")).string(); }

    std::filesystem::path folder_;
    bool keep_ = false;
    support::TemporaryFile config_;
    std::vector<std::string> options_;
    std::unique_ptr<support::Broker> broker_;
    std::uint32_t last_worker_ = 0;
    std::vector<std::unique_ptr<support::Relay>> relays_;
    std::vector<std::unique_ptr<client::Child>> workers_;
    std::atomic<std::int64_t> left_;
    std::vector<std::unique_ptr<Caller>> callers_;
};

}  // namespace fairlead::audit
