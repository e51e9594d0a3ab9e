// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "audit/history.h"
#include "client/client.h"

namespace fairlead::audit {

/// A client that asks, many at once, until the requests of the run are used up. It records what it asks
/// before it does, and each outcome; when its connection ends, all without one are cut off, and it connects
/// again. Threads: any; a thread of its own asks.
class Caller {
public:
    struct Options {
        std::string url;
        std::string record;  // path
        std::uint32_t number = 0;
        std::atomic<std::int64_t>* left = nullptr;  ///< requests that may still begin, of all callers
    };

    explicit Caller(Options options);
    ~Caller();
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    /// It ends its connection, with what is under way.
    void cut() { cut_ = true; }
    /// Waits until it has no more to ask.
    void finish();

private:
    struct Asked {
        std::uint32_t seq = 0;
        std::uint32_t id = 0;
    };

    void run();
    void connect();
    void ask();
    void hear();
    void record(const Asked& asked, const client::Reply& reply);
    void lose();

    Options options_;
    Recorder recorder_;
    std::mt19937 random_;
    std::optional<client::Client> client_;
    std::deque<Asked> under_way_;
    std::uint32_t seq_ = 0;
    std::atomic<bool> cut_{false};
    std::thread thread_;
};

}  // namespace fairlead::audit
