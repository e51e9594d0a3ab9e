// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "src/inbox.h"
#include "src/link.h"
#include "src/session_handlers.h"
#include "src/shared.h"
#include "src/told_handler.h"
#include "src/worker_pool.h"
#include "wire/frame.h"

namespace fairlead::detail {

/// Session events that come in: one batch after the other goes to the handler threads, and is acknowledged
/// when its handlers have returned. What is told again is passed over as far as it is handled or waits here.
/// The broker bounds what waits. Threads: the I/O thread's.
class Feed {
public:
    /// `handlers` outlives what the handler threads do.
    Feed(std::shared_ptr<Shared> shared, Link& link, WorkerPool& pool, const SessionHandlers& handlers,
         std::string group);

    void on_told(const wire::Told& frame, zmq::message_t&& payload);
    /// A batch has been handled.
    void on_handled(const Handled& batch);

    /// What has not begun is told again by the same run of the broker; another one has other numbers.
    void on_down();
    void on_welcome(bool new_boot);

    /// Hands the next batch to a handler thread.
    void submit();

    /// The service leaves the group: it does not acknowledge when it comes back.
    void drain() { draining_ = true; }
    /// What has not begun is left to others.
    void close();
    bool idle() const { return !running_ && waiting_.empty(); }

private:
    struct Batch {
        std::uint64_t last = 0;
        std::size_t skip = 0;  ///< events at its front that are not new
        bool gap = false;      ///< others were told what came before
        zmq::message_t payload;
    };

    void forget_waiting();
    void acknowledge();

    const std::shared_ptr<Shared> shared_;
    Link& link_;
    WorkerPool& pool_;
    const SessionHandlers& handlers_;
    const std::string group_;

    std::shared_ptr<ToldHandler> handler_;  ///< of the broker's run; one task at a time uses it
    std::deque<Batch> waiting_;
    std::vector<std::shared_ptr<Task>> new_tasks_;
    bool running_ = false;
    bool draining_ = false;
    bool listed_ = true;  ///< the greeting of this connection named the group
    std::uint64_t running_last_ = 0;
    std::uint64_t taken_ = 0;       ///< up to here all is handled, or runs, or waits
    std::uint64_t handled_ = 0;     ///< up to here all is handled
    std::uint64_t generation_ = 0;  ///< of the broker's run
};

}  // namespace fairlead::detail
