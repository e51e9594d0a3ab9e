// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <functional>
#include <vector>

namespace fairlead::app {

/// One thread's event loop. What happened between two looks at the kernel is a turn; at its end each part runs, in the
/// order of adding, again and again until none had anything to do: mailboxes are drained and output leaves in batches.
/// Threads: want_turn() and stop(), any; add() before run(); the rest, the one in run().
class Loop {
public:
    /// True if the part did anything.
    using Part = std::function<bool()>;

    Loop();

    asio::io_context& io() noexcept { return io_; }
    void add(Part end_of_turn, std::function<void()> every_10_ms);

    /// Asks for an end of turn. Cheap when one is coming already.
    void want_turn();

    /// Returns after stop().
    void run();
    void stop();

private:
    void end_turn();
    void arm_tick();

    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    asio::steady_timer tick_;
    std::vector<Part> parts_;
    std::vector<std::function<void()>> ticks_;
    std::atomic<bool> wanted_{false};
};

}  // namespace fairlead::app
