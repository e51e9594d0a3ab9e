// SPDX-License-Identifier: Apache-2.0
#include "src/worker_pool.h"

#include <algorithm>
#include <utility>

namespace fairlead::detail {
namespace {

thread_local const WorkerPool* current_pool = nullptr;

}  // namespace

WorkerPool::WorkerPool(unsigned threads, std::function<void()> ran_dry) : ran_dry_(std::move(ran_dry)) {
    threads_.reserve(threads);
    for (unsigned i = 0; i < threads; ++i)
        threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
    stop();
}

void WorkerPool::submit(std::vector<std::shared_ptr<Task>>& tasks) {
    if (tasks.empty()) return;
    std::size_t wake = 0;
    {
        std::lock_guard lock(mutex_);
        if (!stopped_) {
            for (std::shared_ptr<Task>& task : tasks)
                tasks_.push_back(std::move(task));
            wake = std::min(tasks.size(), sleeping_);
        }
    }
    tasks.clear();
    for (; wake > 0; --wake)
        more_.notify_one();
}

std::size_t WorkerPool::queued() const {
    std::lock_guard lock(mutex_);
    return tasks_.size();
}

std::size_t WorkerPool::free_threads() const {
    std::lock_guard lock(mutex_);
    std::size_t taken = busy_ + tasks_.size();
    return taken < threads_.size() ? threads_.size() - taken : 0;
}

bool WorkerPool::idle() const {
    std::lock_guard lock(mutex_);
    return busy_ == 0 && tasks_.empty();
}

void WorkerPool::stop() {
    {
        std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    more_.notify_all();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

bool WorkerPool::on_thread() const noexcept {
    return current_pool == this;
}

void WorkerPool::work() {
    current_pool = this;
    std::unique_lock lock(mutex_);
    for (;;) {
        ++sleeping_;
        more_.wait(lock, [this] { return stopped_ || !tasks_.empty(); });
        --sleeping_;
        if (tasks_.empty()) return;
        std::shared_ptr<Task> task = std::move(tasks_.front());
        tasks_.pop_front();
        ++busy_;
        lock.unlock();
        task->run();
        task.reset();
        lock.lock();
        --busy_;
        if (!ran_dry_ || busy_ > 0 || !tasks_.empty()) continue;
        lock.unlock();
        ran_dry_();
        lock.lock();
    }
}

}  // namespace fairlead::detail
