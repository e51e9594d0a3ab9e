// SPDX-License-Identifier: Apache-2.0
#include "src/feed.h"

#include <algorithm>
#include <utility>

#include "src/message.h"

namespace fairlead::detail {
namespace {

/// One batch on a handler thread.
class ToldTask final : public Task {
public:
    ToldTask(std::shared_ptr<Shared> shared, std::shared_ptr<ToldHandler> handler, zmq::message_t payload,
             std::size_t skip, bool gap, Handled done)
        : shared_(std::move(shared)),
          handler_(std::move(handler)),
          payload_(std::move(payload)),
          skip_(skip),
          gap_(gap),
          done_(done) {}

    void run() noexcept override {
        handler_->handle(to_view(payload_), skip_, gap_);
        shared_->inbox.post(Handled(done_));
    }

private:
    const std::shared_ptr<Shared> shared_;
    const std::shared_ptr<ToldHandler> handler_;
    const zmq::message_t payload_;
    const std::size_t skip_;
    const bool gap_;
    const Handled done_;
};

}  // namespace

Feed::Feed(std::shared_ptr<Shared> shared, Link& link, WorkerPool& pool, const SessionHandlers& handlers,
           std::string group)
    : shared_(std::move(shared)),
      link_(link),
      pool_(pool),
      handlers_(handlers),
      group_(std::move(group)),
      handler_(std::make_shared<ToldHandler>(shared_, handlers_)) {}

void Feed::on_told(const wire::Told& frame, zmq::message_t&& payload) {
    const bool ours = frame.group == group_ && (handlers_.session || handlers_.user || handlers_.channel);
    if (!ours || frame.count == 0) return shared_->counters.frames_ignored.add();
    const std::uint64_t last = frame.first + frame.count - 1;
    if (last <= handled_) return acknowledge();  // what said so was lost with a connection
    if (last <= taken_) return;
    const std::uint64_t skip = taken_ < frame.first ? 0 : taken_ + 1 - frame.first;
    shared_->counters.session_events.add(frame.count - skip);
    waiting_.push_back({last, static_cast<std::size_t>(skip), frame.first > taken_ + 1, std::move(payload)});
    taken_ = last;
}

void Feed::on_handled(const Handled& batch) {
    running_ = false;
    if (batch.generation != generation_) return;
    handled_ = batch.last;
    acknowledge();
}

void Feed::acknowledge() {
    if (!listed_) return;
    link_.send(wire::Heard{group_, handled_});
}

void Feed::on_down() {
    forget_waiting();
}

void Feed::forget_waiting() {
    waiting_.clear();
    taken_ = running_ ? std::max(running_last_, handled_) : handled_;
}

void Feed::on_welcome(bool new_boot) {
    listed_ = !draining_;
    if (new_boot) {
        taken_ = handled_ = running_last_ = 0;
        ++generation_;
        handler_ = std::make_shared<ToldHandler>(shared_, handlers_);
    } else if (handled_ > 0) {
        acknowledge();
    }
}

void Feed::submit() {
    if (running_ || waiting_.empty()) return;
    Batch next = std::move(waiting_.front());
    waiting_.pop_front();
    running_ = true;
    running_last_ = next.last;
    new_tasks_.push_back(std::make_shared<ToldTask>(shared_, handler_, std::move(next.payload), next.skip,
                                                    next.gap, Handled{generation_, next.last}));
    pool_.submit(new_tasks_);
}

void Feed::close() {
    forget_waiting();
}

}  // namespace fairlead::detail
