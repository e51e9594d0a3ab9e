// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace fairlead::support {

/// Long enough for any machine: who waits that long waits in vain.
inline constexpr std::chrono::seconds kPatience{20};

/// What handlers saw, for the test that waits for it. Threads: any.
template <typename T>
class Inbox {
public:
    void put(T item) {
        const std::lock_guard lock(mutex_);
        items_.push_back(std::move(item));
        changed_.notify_all();  // under the lock: who waited may destroy the inbox at once
    }

    /// The next item; nothing when none comes in time.
    std::optional<T> take(std::chrono::milliseconds timeout = kPatience) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, timeout, [&] { return !items_.empty(); })) return std::nullopt;
        T item = std::move(items_.front());
        items_.pop_front();
        return item;
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return items_.size();
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> items_;
};

/// Keeps handlers waiting until it is opened; destroying it is too late for that, so open it before the
/// service ends. Threads: any.
class Door {
public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();  // under the lock, as in Inbox
    }

    /// False when nobody opened it.
    bool pass() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, [&] { return open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

}  // namespace fairlead::support
