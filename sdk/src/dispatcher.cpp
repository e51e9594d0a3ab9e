// SPDX-License-Identifier: Apache-2.0
#include "src/dispatcher.h"

#include <algorithm>

#include "src/event_task.h"
#include "src/message.h"

namespace fairlead::detail {
namespace {

constexpr std::size_t kMaxRunningTold = 3000;  // a greeting's header has a limit of its own

}  // namespace

Dispatcher::Dispatcher(std::shared_ptr<Shared> shared, Link& link, WorkerPool& pool,
                       const Endpoints& endpoints, std::deque<ListenerState>& listeners,
                       std::size_t event_queue_bytes)
    : shared_(std::move(shared)),
      link_(link),
      pool_(pool),
      event_queue_bytes_(event_queue_bytes),
      endpoints_(endpoints) {
    for (ListenerState& listener : listeners) {
        listeners_.insert(listener.pattern, Listeners()).first->push_back(&listener);
    }
}

void Dispatcher::on_request(const wire::Request& frame, zmq::message_t&& payload, base::Steady now) {
    shared_->counters.requests.add();
    if (draining_) return give_back(frame.call, wire::ReturnReason::drain);
    EndpointState* const* found = endpoints_.find(frame.topic);
    if (found == nullptr) return give_back(frame.call, wire::ReturnReason::unknown_topic);
    EndpointState& endpoint = **found;
    if (frame.deadline <= wire::Milliseconds(0)) return give_back(frame.call, wire::ReturnReason::expired);
    if (endpoint.in_flight >= endpoint.window) return give_back(frame.call, wire::ReturnReason::full);

    auto request =
        std::make_shared<RequestState>(shared_, endpoint, frame, std::move(payload), generation_, now);
    if (!running_.emplace(frame.call, request).second) {
        shared_->counters.frames_ignored.add();
        return;
    }
    ++endpoint.in_flight;
    new_tasks_.push_back(std::move(request));
}

void Dispatcher::on_cancel(const wire::Cancel& frame) {
    auto found = running_.find(frame.call);
    if (found == running_.end()) return;
    // After a while the broker gives the place in the window to another request, whether or not this one ends.
    if (!found->second->cancelled.exchange(true)) release(*found->second);
}

void Dispatcher::on_event(const wire::Event& frame, zmq::message_t&& payload) {
    shared_->counters.events.add();
    if (events_closed_) return shared_->counters.events_dropped.add();
    if (event_bytes_->load(std::memory_order_relaxed) + payload.size() > event_queue_bytes_) {
        return drop_event(frame.topic, "the handler threads are behind and the queue is full");
    }
    std::shared_ptr<const Event> event = to_event(frame);
    auto shared_payload = std::make_shared<const zmq::message_t>(std::move(payload));
    bool any = false;
    listeners_.find_all(frame.topic, [&](Listeners& listeners) {
        for (ListenerState* listener : listeners) {
            if (listener->group != frame.group) continue;
            any = true;
            new_tasks_.push_back(
                std::make_shared<EventTask>(shared_, *listener, event, shared_payload, event_bytes_));
        }
    });
    if (any) {
        dropping_events_ = false;
    } else {
        shared_->counters.frames_ignored.add();
    }
}

void Dispatcher::drop_event(std::string_view topic, std::string_view why) {
    shared_->counters.events_dropped.add();
    if (dropping_events_) return;
    dropping_events_ = true;
    shared_->log->warning("events are dropped", {{"topic", topic}, {"why", why}});
}

void Dispatcher::submit() {
    if (new_tasks_.empty()) return;
    pool_.submit(new_tasks_);
    update_in_flight();
}

void Dispatcher::on_answered(const std::shared_ptr<RequestState>& request) {
    if (request->generation != generation_) {
        shared_->counters.lost_answers.add();
        return;
    }
    if (!link_.up()) {
        held_.push_back(request);
        return;
    }
    send_outcome(*request);
    update_in_flight();
}

void Dispatcher::send_outcome(RequestState& request) {
    switch (request.outcome) {
        case wire::Kind::reply:
            shared_->counters.replies.add();
            link_.send(wire::Reply{request.call}, to_message(std::move(request.reply)));
            break;
        case wire::Kind::error:
            shared_->counters.errors.add();
            link_.send(wire::Error{request.call, request.error.code, request.error.message,
                                   request.error.temporary});
            break;
        default:
            give_back(request.call, request.reason);
            break;
    }
    if (!request.cancelled.load()) release(request);
    running_.erase(request.call);
}

void Dispatcher::give_back(wire::CallId call, wire::ReturnReason reason) {
    switch (reason) {
        case wire::ReturnReason::full:
            shared_->counters.returned_full.add();
            break;
        case wire::ReturnReason::expired:
            shared_->counters.returned_late.add();
            break;
        default:
            shared_->counters.returned_other.add();
            break;
    }
    link_.send(wire::Returned{call, reason});
}

void Dispatcher::release(RequestState& request) {
    --request.endpoint.in_flight;
}

void Dispatcher::on_welcome(bool new_boot) {
    if (new_boot) forget_all();
    for (const std::shared_ptr<RequestState>& request : held_)
        send_outcome(*request);
    held_.clear();
    update_in_flight();
}

/// Another run of the broker knows nothing of our requests: those who asked have had their outcome from their
/// side.
void Dispatcher::forget_all() {
    cancel_all();
    shared_->counters.lost_answers.add(held_.size());
    held_.clear();
    running_.clear();
    ++generation_;
}

void Dispatcher::cancel_all() {
    for (auto& [call, request] : running_) {
        if (!request->cancelled.exchange(true)) release(*request);
    }
}

std::vector<wire::CallId> Dispatcher::running() const {
    std::vector<wire::CallId> calls;
    calls.reserve(std::min(running_.size(), kMaxRunningTold));
    for (const auto& [call, request] : running_) {
        if (calls.size() == kMaxRunningTold) break;
        calls.push_back(call);
    }
    return calls;
}

wire::Heartbeat Dispatcher::heartbeat(base::Steady now) const {
    wire::Heartbeat heartbeat;
    heartbeat.in_flight = static_cast<std::uint32_t>(running_.size());
    heartbeat.queued = static_cast<std::uint32_t>(pool_.queued());
    base::Steady oldest = now;
    for (const auto& [call, request] : running_)
        oldest = std::min(oldest, request->received);
    heartbeat.oldest = std::chrono::duration_cast<wire::Milliseconds>(now - oldest);
    return heartbeat;
}

void Dispatcher::update_in_flight() {
    shared_->counters.in_flight.store(running_.size(), std::memory_order_relaxed);
}

}  // namespace fairlead::detail
