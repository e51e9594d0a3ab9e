// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/crowd.h"

namespace fairlead::bench {

struct FanoutOptions {
    std::string channel = "bench:fanout";
    std::size_t subscribers = 1000;
    std::size_t payload_bytes = 128;  // of the publication's data
    std::size_t window = 16;          // publications that may be on their way at once
    std::size_t batch = 16;           // publications in one message of the publisher: one turn of the broker
    double rate = 0;                  // publications a second; 0 = as fast as the window lets
};

/// What one round of the fan-out saw.
struct FanoutRound {
    double seconds = 0;
    std::uint64_t deliveries = 0;
    std::vector<float> delays_ms;  // publish to each delivery; only with a rate
};

/// One publisher and many subscribers of a channel. Each publication carries a number, and each subscriber
/// must see each number once and in order, else fault() says so and the figures are worth nothing. Threads:
/// one.
class Fanout final : public Crowd {
public:
    explicit Fanout(const FanoutOptions& options);

    Result<void> prepare(const client::Url& url, std::chrono::milliseconds timeout);
    /// Publishes for that long and waits until all is delivered.
    Result<FanoutRound> run(std::chrono::milliseconds duration);

    /// Bytes of one delivery's frame as the broker writes it, seen on the wire; 0 before the first.
    std::size_t delivery_bytes() const { return delivery_bytes_; }

private:
    void replied(std::size_t connection, std::string_view reply) override;
    void delivered(std::size_t connection, std::string_view push);
    void publish_what_fits();
    std::size_t allowed_now() const;
    void publish(std::size_t count);

    FanoutOptions options_;
    std::string command_;        // one publish command with room for id and number
    std::size_t id_at_ = 0;      // where in it
    std::size_t number_at_ = 0;  // where in it
    std::string frame_;
    std::size_t publisher_ = 0;
    std::uint64_t published_ = 0;       // numbers 0 to published_ - 1 are on their way or done
    std::uint64_t completed_ = 0;       // numbers that all subscribers have
    std::vector<std::uint64_t> next_;   // a subscriber: the number it waits for
    std::vector<std::size_t> missing_;  // a number modulo the window: subscribers that lack it
    std::vector<Deadline> sent_at_;     // a number modulo the window
    std::size_t delivery_bytes_ = 0;
    Deadline started_{};
    std::uint64_t first_of_round_ = 0;
    FanoutRound* round_ = nullptr;
};

}  // namespace fairlead::bench
