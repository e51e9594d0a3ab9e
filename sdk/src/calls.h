// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <fairlead/result.h>

#include "base/clock.h"
#include "base/timer_wheel.h"
#include "src/call_state.h"
#include "src/link.h"
#include "src/shared.h"
#include "src/worker_pool.h"
#include "wire/frame.h"

namespace fairlead::detail {

/// Questions of this service to others: each is sent when there is a link, and ends once, by its answer or
/// its deadline. Threads: the I/O thread's.
class Calls {
public:
    Calls(std::shared_ptr<Shared> shared, Link& link, WorkerPool& pool, base::Steady now)
        : shared_(std::move(shared)), link_(link), pool_(pool), timers_(now) {}

    void begin(std::unique_ptr<CallState> call, base::Steady now);

    void on_reply(const wire::Reply& frame, const zmq::message_t& payload, base::Steady now);
    void on_error(const wire::Error& frame, base::Steady now);
    void on_returned(const wire::Returned& frame);

    /// Another run of the broker than before does not know what was asked.
    void on_welcome(bool new_boot);

    /// Sends what waits, as far as there is room.
    void pump(base::Steady now);
    void tick(base::Steady now);
    /// Hands callbacks to the handler threads.
    void submit();

    /// All end with `error`.
    void end_all(const Error& error);

    bool idle() const noexcept { return calls_.empty(); }
    std::size_t timers() const noexcept { return timers_.size(); }

private:
    using Table = std::unordered_map<wire::CallId, std::unique_ptr<CallState>>;

    bool is_late(wire::CallId id, base::Steady now) const;
    void send(CallState& call, base::Steady now);
    void expire(wire::CallId id);
    void settle(wire::CallId id, Result<std::string> outcome);
    void finish(CallState& call, Result<std::string> outcome);

    const std::shared_ptr<Shared> shared_;
    Link& link_;
    WorkerPool& pool_;
    base::TimerWheel<wire::CallId> timers_;
    Table calls_;
    std::deque<wire::CallId> unsent_;
    std::vector<std::shared_ptr<Task>> callbacks_;
    wire::CallId last_id_ = 0;
};

}  // namespace fairlead::detail
