// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include <fairlead/result.h>

#include "base/clock.h"
#include "base/timer_wheel.h"
#include "src/link.h"
#include "src/send_state.h"
#include "src/shared.h"
#include "wire/frame.h"

namespace fairlead::detail {

/// Publications, events, pushes and disconnects on their way out: in order, inside the broker's byte window,
/// each until its acknowledgement or until its time is over. Threads: the I/O thread's.
class Outlet {
public:
    Outlet(std::shared_ptr<Shared> shared, Link& link, base::Steady now)
        : shared_(std::move(shared)), link_(link), timers_(now) {}

    void begin(std::unique_ptr<SendState> send);

    void on_ack(const wire::Ack& frame);
    /// The broker has taken that many bytes since it welcomed this link.
    void on_taken(std::uint64_t taken_bytes);
    void on_welcome(const wire::Welcome& welcome, bool new_boot);

    /// Sends what waits, as far as link and window have room.
    void pump();
    void tick(base::Steady now);

    /// All end with `error`.
    void end_all(const Error& error);

    bool idle() const noexcept { return sends_.empty(); }
    std::size_t timers() const noexcept { return timers_.size(); }

private:
    using Table = std::unordered_map<std::uint64_t, std::unique_ptr<SendState>>;

    bool window_open(const SendState& send) const noexcept;
    void transmit(SendState& send);
    bool write(SendState& send);
    void expire(std::uint64_t id);
    void settle(std::uint64_t id, Receipt receipt);
    void fail(std::uint64_t id, Error error);

    const std::shared_ptr<Shared> shared_;
    Link& link_;
    base::TimerWheel<std::uint64_t> timers_;
    Table sends_;
    std::deque<std::uint64_t> unsent_;
    std::uint64_t last_id_ = 0;
    std::uint64_t window_bytes_ = 0;  ///< of the last welcome
    std::uint64_t sent_bytes_ = 0;    ///< since the last welcome
    std::uint64_t taken_bytes_ = 0;   ///< of those
};

}  // namespace fairlead::detail
