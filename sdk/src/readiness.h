// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include <fairlead/result.h>

namespace fairlead::detail {

/// Whether the broker has taken the service's registration, or why there is no use in waiting.
/// Threads: any.
class Readiness {
public:
    /// Called once when the service ends by itself, on the I/O thread. To be set before start().
    void on_failed(std::function<void()> call) { failed_ = std::move(call); }

    void set_ready(bool ready);
    /// Final: the first one counts.
    void set_ended(Error why);
    /// The same, and nobody asked for it.
    void set_failed(Error why);

    /// Error 1 if it is not ready when `timeout` is over.
    Result<void> wait(std::chrono::milliseconds timeout);
    /// Why it ended, if it has.
    std::optional<Error> ended() const;

private:
    std::function<void()> failed_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool ready_ = false;          // guarded by mutex_
    std::optional<Error> ended_;  // guarded by mutex_
};

}  // namespace fairlead::detail
