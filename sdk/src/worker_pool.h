// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace fairlead::detail {

/// Something for a handler thread: a request, an event, a callback.
class Task {
public:
    virtual ~Task() = default;
    /// Must catch what user code throws.
    virtual void run() noexcept = 0;
};

/// A fixed number of threads that run tasks in the order of their submission.
/// Threads: any; stop() and the destructor are for the owner, not for a task.
class WorkerPool {
public:
    /// `ran_dry` is called, on a thread of the pool, when none runs or waits any more; empty = nobody asks.
    explicit WorkerPool(unsigned threads, std::function<void()> ran_dry = {});
    /// stop().
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Takes all of `tasks` and leaves it empty.
    void submit(std::vector<std::shared_ptr<Task>>& tasks);

    /// Waiting tasks.
    std::size_t queued() const;
    /// Threads that have nothing to do and no task to take.
    std::size_t free_threads() const;
    bool idle() const;

    /// Returns when all tasks have run.
    void stop();

    /// Whether the calling thread is one of this pool.
    bool on_thread() const noexcept;

private:
    void work();

    const std::function<void()> ran_dry_;
    mutable std::mutex mutex_;
    std::condition_variable more_;
    std::deque<std::shared_ptr<Task>> tasks_;  // guarded by mutex_
    std::size_t busy_ = 0;                     // guarded by mutex_
    std::size_t sleeping_ = 0;                 // guarded by mutex_
    bool stopped_ = false;                     // guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace fairlead::detail
