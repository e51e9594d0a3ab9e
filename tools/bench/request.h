// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/crowd.h"

namespace fairlead::bench {

struct RequestOptions {
    std::string topic = "bench.echo";
    std::size_t clients = 64;
    std::size_t in_flight = 1;  // requests that a client has outstanding
    std::size_t payload_bytes = 128;
};

/// What one round of requests saw.
struct RequestRound {
    double seconds = 0;
    std::uint64_t replies = 0;
    std::vector<float> delays_ms;  // request to reply
};

/// Clients that keep so many requests outstanding. Each request carries a text of its own, and its reply must
/// come once and hold that text, else fault() says so. Threads: one.
class Request final : public Crowd {
public:
    explicit Request(const RequestOptions& options);

    Result<void> prepare(const client::Url& url, std::chrono::milliseconds timeout);
    /// Asks for that long and waits until all is answered.
    Result<RequestRound> run(std::chrono::milliseconds duration);

private:
    void replied(std::size_t connection, std::string_view reply) override;
    void ask(std::size_t connection, std::size_t slot);

    RequestOptions options_;
    std::string command_;        // with room for client, number and id
    std::size_t client_at_ = 0;  // where in it
    std::size_t number_at_ = 0;  // where in it
    std::size_t id_at_ = 0;      // where in it

    struct Slot {
        std::uint64_t number = 0;  // of the request that is or was outstanding here
        bool outstanding = false;
        Deadline asked_at{};
    };
    std::vector<Slot> slots_;  // client * in_flight + slot
    std::size_t outstanding_ = 0;
    bool asking_ = false;
    RequestRound* round_ = nullptr;
};

}  // namespace fairlead::bench
