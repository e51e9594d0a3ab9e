// SPDX-License-Identifier: Apache-2.0
#include "src/dispatcher.h"

#include <algorithm>
#include <utility>

#include "src/errors.h"
#include "src/event_task.h"
#include "src/message.h"

namespace fairlead::detail {
namespace {

constexpr std::size_t kMaxRunningTold = 3000;  // a greeting's header has a limit of its own

/// Nothing if the request has no key.
std::optional<StrandKey> strand_of(const EndpointState& endpoint, const wire::RouteBy& by,
                                   const wire::Request& frame) {
    std::string_view key = wire::route_key(by, frame.topic, frame.caller, frame.headers);
    if (key.empty()) return std::nullopt;
    return StrandKey{&endpoint, std::string(key)};
}

std::optional<StrandKey> serial_strand(const EndpointState& endpoint, const wire::Request& frame) {
    if (endpoint.serial_by.part == wire::RouteBy::Part::none) return StrandKey{&endpoint, {}};
    return strand_of(endpoint, endpoint.serial_by, frame);
}

/// Lets what has its turn go to the handler threads.
auto into(std::vector<std::shared_ptr<Task>>& tasks) {
    return [&tasks](std::shared_ptr<Task>&& task) { tasks.push_back(std::move(task)); };
}

}  // namespace

Dispatcher::Dispatcher(std::shared_ptr<Shared> shared, Link& link, WorkerPool& pool, Leases& leases,
                       const Endpoints& endpoints, std::deque<ListenerState>& listeners,
                       std::size_t event_queue_bytes)
    : shared_(std::move(shared)),
      link_(link),
      pool_(pool),
      leases_(leases),
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

    std::unique_ptr<Place> place;
    if (!find_place(endpoint, frame, place)) return;

    auto request =
        std::make_shared<RequestState>(shared_, endpoint, frame, std::move(payload), generation_, now);
    if (!running_.emplace(frame.call, request).second) {
        shared_->counters.frames_ignored.add();
        return;
    }
    ++endpoint.in_flight;
    request->place = std::move(place);
    if (request->place && request->place->owned) {
        leases_.enter(std::move(request));
    } else {
        wait_for_turn(std::move(request));
    }
}

/// False if the request cannot be taken, and has its outcome.
bool Dispatcher::find_place(EndpointState& endpoint, const wire::Request& frame,
                            std::unique_ptr<Place>& place) {
    if (!endpoint.owner && !endpoint.serial) return true;
    place = std::make_unique<Place>();
    if (endpoint.owner && !find_lease(endpoint, frame, *place)) return false;
    if (endpoint.serial) place->serial = serial_strand(endpoint, frame);
    if (!place->owned && !place->serial) place.reset();
    return true;
}

bool Dispatcher::find_lease(EndpointState& endpoint, const wire::Request& frame, Place& place) {
    place.owned = strand_of(endpoint, endpoint.route_by, frame);
    if (!place.owned) {
        refuse(frame.call, make_error(wire::Code::bad_request, "the request lacks the key of its owner"));
        return false;
    }
    place.lease = leases_.find(*place.owned);
    if (place.lease) return true;
    // It crossed our release, or the broker does not know of leases.
    if (!std::exchange(unleased_, true)) {
        shared_->log->warning("a request came without a lease of its key",
                              {{"topic", frame.topic}, {"key", place.owned->key}});
    }
    give_back(frame.call, wire::ReturnReason::full);
    return false;
}

void Dispatcher::wait_for_turn(std::shared_ptr<RequestState> request) {
    if (!request->place || !request->place->serial) return new_tasks_.push_back(std::move(request));
    const StrandKey& key = *request->place->serial;
    turns_.enter(key, std::move(request), true, into(new_tasks_));
}

/// Those whose keys are acquired wait for their turn.
void Dispatcher::go_on_with_leased() {
    for (std::shared_ptr<RequestState>& request : leases_.take_ready())
        wait_for_turn(std::move(request));
}

void Dispatcher::on_turn_ended(const RequestState& request) {
    if (request.place->serial) turns_.leave(*request.place->serial, into(new_tasks_));
    if (request.place->owned) leases_.leave(request);
}

void Dispatcher::on_cancel(const wire::Cancel& frame) {
    auto found = running_.find(frame.call);
    if (found != running_.end()) cancel(found->second);
}

void Dispatcher::cancel(const std::shared_ptr<RequestState>& request) {
    if (request->cancelled.exchange(true)) return;
    // After a while the broker gives the place in the window to another request, whether or not this one
    // ends.
    release(*request);
    if (stop_waiting(request)) request->settle_returned(wire::ReturnReason::expired);
}

/// False if it has or had its turn.
bool Dispatcher::stop_waiting(const std::shared_ptr<RequestState>& request) {
    const Place* place = request->place.get();
    if (place == nullptr) return false;
    if (place->owned && leases_.remove(request)) return true;
    go_on_with_leased();
    if (!place->serial || !turns_.remove(*place->serial, request, into(new_tasks_))) return false;
    if (place->owned) leases_.leave(*request);
    return true;
}

void Dispatcher::set_window(const SetWindow& wish) {
    wish.endpoint->window = wish.window;
    if (!draining_) link_.send(wire::Window{wish.endpoint->topic, wish.window});
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
            auto task = std::make_shared<EventTask>(shared_, *listener, event, shared_payload, event_bytes_);
            if (listener->serial) {
                event_turns_.enter(StrandKey{listener, {}}, std::move(task), true, into(new_tasks_));
            } else {
                new_tasks_.push_back(std::move(task));
            }
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

void Dispatcher::on_event_heard(const EventHeard& heard) {
    event_turns_.leave(StrandKey{heard.listener, {}}, into(new_tasks_));
}

void Dispatcher::submit() {
    go_on_with_leased();
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

void Dispatcher::refuse(wire::CallId call, const Error& why) {
    shared_->counters.errors.add();
    link_.send(wire::Error{call, why.code, why.message, why.temporary});
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
    for (const auto& [call, request] : running_)
        cancel(request);
}

void Dispatcher::close() {
    cancel_all();
    shared_->counters.events_dropped.add(event_turns_.waiting());
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
    heartbeat.queued = static_cast<std::uint32_t>(pool_.queued() + turns_.waiting() + leases_.waiting());
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
