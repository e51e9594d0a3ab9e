// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace fairlead::base {

/// The only crossing between threads: many writers, one reader, entries in the order of their posting.
/// The reader is woken once a batch: by the post that finds the mailbox empty.
template <typename T>
class Mailbox {
public:
    /// `wake` is called by writers, on their thread, when the reader must come. `capacity` bounds what has_room tells.
    Mailbox(std::size_t capacity, std::function<void()> wake) : capacity_(capacity), wake_(std::move(wake)) {}

    /// False, and the entry stays the caller's, once the mailbox is closed.
    /// Threads: any.
    bool post(T&& entry) {
        bool first;
        {
            std::lock_guard lock(mutex_);
            if (closed_) return false;
            first = entries_.empty();
            entries_.push_back(std::move(entry));
            size_.store(entries_.size(), std::memory_order_relaxed);
        }
        if (first) wake_();
        return true;
    }

    /// Takes no more; what was posted can still be drained.
    /// Threads: any.
    void close() {
        std::lock_guard lock(mutex_);
        closed_ = true;
    }

    /// Whether a writer that can refuse work should go on. Not a lock: several writers may each see the last room.
    /// Threads: any.
    bool has_room() const noexcept { return size_.load(std::memory_order_relaxed) < capacity_; }
    std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

    /// Calls take(T&&) for what was posted until now; what `take` posts is for the next drain. True if there was any.
    /// Threads: the reader.
    template <typename Take>
    bool drain(Take&& take) {
        {
            std::lock_guard lock(mutex_);
            if (entries_.empty()) return false;
            batch_.swap(entries_);
            size_.store(0, std::memory_order_relaxed);
        }
        for (T& entry : batch_) take(std::move(entry));
        batch_.clear();
        return true;
    }

private:
    const std::size_t capacity_;
    const std::function<void()> wake_;
    std::atomic<std::size_t> size_{0};
    std::mutex mutex_;
    bool closed_ = false;     // guarded by mutex_
    std::vector<T> entries_;  // guarded by mutex_
    std::vector<T> batch_;    // the reader's
};

}  // namespace fairlead::base
