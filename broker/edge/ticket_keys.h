// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>

#include "base/clock.h"

struct ssl_ctx_st;

namespace fairlead::edge {

/// The keys that seal session tickets, for all edge threads and certificates. A new one each hour; the one before still
/// opens. Whoever steals today's memory reads no older tickets than that.
/// Threads: any; the mutex is taken in handshakes only.
class TicketKeys {
public:
    static constexpr std::chrono::hours kLife{1};

    struct Key {
        std::array<unsigned char, 16> name{};
        std::array<unsigned char, 32> cipher{};
        std::array<unsigned char, 32> mac{};
    };

    explicit TicketKeys(const base::Clock& clock);
    TicketKeys(const TicketKeys&) = delete;
    TicketKeys& operator=(const TicketKeys&) = delete;
    ~TicketKeys();

    /// Tickets of this context are sealed here. The keys must outlive its connections.
    void serve(ssl_ctx_st* context);

    /// The key for new tickets.
    Key current();
    /// The key of that name, if it is one of ours still.
    std::optional<Key> named(const unsigned char* name);

private:
    void rotate();

    const base::Clock& clock_;
    std::mutex mutex_;  // guards what follows
    Key current_;
    Key previous_;
    base::Steady renew_at_{};
};

}  // namespace fairlead::edge
