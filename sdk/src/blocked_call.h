// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include <fairlead/result.h>

namespace fairlead::detail {

/// Where a thread waits for the outcome of its call. It comes always: the I/O thread keeps the deadline.
/// Threads: any.
class BlockedCall {
public:
    void finish(Result<std::string> outcome) {
        {
            std::lock_guard lock(mutex_);
            outcome_.emplace(std::move(outcome));
        }
        finished_.notify_one();
    }

    Result<std::string> wait() {
        std::unique_lock lock(mutex_);
        finished_.wait(lock, [this] { return outcome_.has_value(); });
        return std::move(*outcome_);
    }

private:
    std::mutex mutex_;
    std::condition_variable finished_;
    std::optional<Result<std::string>> outcome_;  // guarded by mutex_
};

}  // namespace fairlead::detail
