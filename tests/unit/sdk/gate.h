// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace fairlead::testing {

/// Counts until somebody waits for the count. Threads: any.
class Gate {
public:
    void open() {
        std::lock_guard lock(mutex_);
        ++count_;
        changed_.notify_all();  // under the lock: who waited may destroy the gate at once
    }

    /// True when it was opened that often, false after ten seconds.
    bool wait(int times = 1) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return count_ >= times; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

}  // namespace fairlead::testing
