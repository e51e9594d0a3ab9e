// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "src/inbox.h"
#include "src/worker_pool.h"

namespace fairlead::detail {

/// A function that waits for its time. It must not throw.
class Alarm final : public Task {
public:
    explicit Alarm(std::function<void()> done) : done_(std::move(done)) {}
    void run() noexcept override { done_(); }

private:
    const std::function<void()> done_;
};

/// Tasks that wait for their time. Threads: the I/O thread's.
class Alarms {
public:
    explicit Alarms(WorkerPool& pool) : pool_(pool) {}

    void add(Wake&& wake) { waiting_.emplace(wake.due, std::move(wake.task)); }

    /// Hands what is due to the handler threads, in the order of its time.
    void tick(base::Steady now) {
        while (!waiting_.empty() && waiting_.begin()->first <= now) {
            due_.push_back(std::move(waiting_.begin()->second));
            waiting_.erase(waiting_.begin());
        }
        pool_.submit(due_);
    }

    /// When tick() has something to do.
    base::Steady next_due() const { return waiting_.empty() ? base::Steady::max() : waiting_.begin()->first; }

private:
    WorkerPool& pool_;
    std::multimap<base::Steady, std::shared_ptr<Task>> waiting_;
    std::vector<std::shared_ptr<Task>> due_;
};

}  // namespace fairlead::detail
