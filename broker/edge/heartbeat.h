// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "edge/options.h"
#include "edge/outbox.h"

namespace fairlead::edge {

/// Whether a connected client is alive: when to ping, whether the pong is late. The client's time starts when the ping
/// has left our queue, so one whose queue is long is judged by its queue, not by its pong.
/// Threads: the connection's edge thread.
class Heartbeat {
public:
    enum class Act : std::uint8_t {
        wait,  ///< look again at `next`
        ping,  ///< send a ping now, then sent()
        dead,  ///< no pong in time
    };

    /// The first ping after `first`, a random part of the interval.
    void start(base::Steady now, std::chrono::milliseconds first) { next_ = now + first; }

    /// `heard`: the client is read from. While it is not, no pong can come, and its time does not run.
    Act check(base::Steady now, const Options& options, const Outbox& outbox, bool heard = true) {
        if (!waiting_) return now >= next_ ? Act::ping : Act::wait;
        if (!heard || !outbox.passed(Outbox::Mark::ping)) {
            left_ = false;
            next_ = now + options.pong_timeout;
            return Act::wait;
        }
        if (!left_) {
            left_ = true;
            next_ = now + options.pong_timeout;
        }
        return now >= next_ ? Act::dead : Act::wait;
    }

    /// The ping was put at the end of the queue.
    void sent(base::Steady now, const Options& options, Outbox& outbox) {
        waiting_ = true;
        left_ = true;  // until a look finds otherwise: an empty socket takes it at the end of this turn
        ping_at_ = now;
        outbox.set(Outbox::Mark::ping);
        next_ = now + options.pong_timeout;
    }

    /// False: no ping was outstanding.
    bool pong(const Options& options) {
        if (!waiting_) return false;
        waiting_ = false;
        next_ = ping_at_ + options.ping_interval;
        return true;
    }

    base::Steady next() const noexcept { return next_; }

private:
    base::Steady next_{};
    base::Steady ping_at_{};
    bool waiting_ = false;
    bool left_ = false;
};

}  // namespace fairlead::edge
