// SPDX-License-Identifier: Apache-2.0
#include "src/event_task.h"

#include <exception>

#include "src/headers.h"
#include "src/message.h"

namespace fairlead::detail {

EventTask::EventTask(std::shared_ptr<Shared> shared, const ListenerState& listener,
                     std::shared_ptr<const Event> event, std::shared_ptr<const zmq::message_t> payload,
                     Bytes queue)
    : shared_(std::move(shared)),
      listener_(listener),
      event_(std::move(event)),
      payload_(std::move(payload)),
      queue_(std::move(queue)),
      bytes_(payload_->size() + kEventBytes) {
    queue_->fetch_add(bytes_, std::memory_order_relaxed);
}

EventTask::~EventTask() {
    queue_->fetch_sub(bytes_, std::memory_order_relaxed);
}

void EventTask::run() noexcept {
    if (shared_->ending.load(std::memory_order_relaxed)) return shared_->counters.events_dropped.add();
    hear();
    if (listener_.serial) shared_->inbox.post(EventHeard{&listener_});
}

void EventTask::hear() noexcept {
    try {
        run_listener();
    } catch (const std::exception& exception) {
        shared_->log->error("a listener threw", {{"topic", event_->topic()}, {"what", exception.what()}});
    } catch (...) {
        shared_->log->error("a listener threw", {{"topic", event_->topic()}});
    }
}

void EventTask::run_listener() {
    Result<void> heard = listener_.handler(*event_, to_view(*payload_));
    if (heard.ok()) return;
    shared_->counters.events_dropped.add();
    shared_->log->warning(
        "an event does not fit its listener",
        {{"topic", event_->topic()}, {"from", event_->caller().service}, {"why", heard.error().message}});
}

std::shared_ptr<const Event> to_event(const wire::Event& frame) {
    return std::make_shared<const Event>(std::string(frame.topic), std::string(frame.group),
                                         to_caller(frame.caller), to_headers(frame.headers),
                                         std::string(frame.trace));
}

}  // namespace fairlead::detail
