// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include <fairlead/stats.h>

namespace fairlead::detail {

/// A number that any thread may raise.
class Counter {
public:
    void add(std::uint64_t by = 1) noexcept { value_.fetch_add(by, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// Stats while they grow. Threads: any.
struct Counters {
    Counter requests, replies, errors, returned_full, returned_late, returned_other, lost_answers;
    Counter events, events_dropped, session_events, session_events_failed, calls, calls_failed, sent,
        sends_failed;
    Counter reconnects, frames_ignored, frames_broken;
    std::atomic<std::uint64_t> in_flight{0};

    Stats read() const noexcept {
        Stats stats;
        stats.requests = requests.value();
        stats.replies = replies.value();
        stats.errors = errors.value();
        stats.returned_full = returned_full.value();
        stats.returned_late = returned_late.value();
        stats.returned_other = returned_other.value();
        stats.lost_answers = lost_answers.value();
        stats.events = events.value();
        stats.events_dropped = events_dropped.value();
        stats.session_events = session_events.value();
        stats.session_events_failed = session_events_failed.value();
        stats.calls = calls.value();
        stats.calls_failed = calls_failed.value();
        stats.sent = sent.value();
        stats.sends_failed = sends_failed.value();
        stats.reconnects = reconnects.value();
        stats.frames_ignored = frames_ignored.value();
        stats.frames_broken = frames_broken.value();
        stats.in_flight = in_flight.load(std::memory_order_relaxed);
        return stats;
    }
};

}  // namespace fairlead::detail
