// SPDX-License-Identifier: Apache-2.0
#include "src/calls.h"

#include <algorithm>

#include "src/callback.h"
#include "src/errors.h"
#include "src/headers.h"
#include "src/message.h"

namespace fairlead::detail {
namespace {

wire::Request to_frame(const CallState& call, base::Steady now) {
    wire::Request frame;
    frame.call = call.id;
    frame.topic = call.topic;
    frame.deadline =
        std::max(wire::Milliseconds(1), std::chrono::duration_cast<wire::Milliseconds>(call.deadline - now));
    frame.caller.user = call.on_behalf.user;
    frame.caller.client = call.on_behalf.client;
    frame.caller.session = call.on_behalf.session;
    frame.caller.address = call.on_behalf.address;
    frame.caller.meta = call.meta;
    frame.headers = to_pairs(call.headers);
    frame.trace = call.trace;
    frame.key = call.key;
    return frame;
}

}  // namespace

void Calls::begin(std::unique_ptr<CallState> call, base::Steady now) {
    shared_->counters.calls.add();
    call->id = ++last_id_;
    call->timer = timers_.add(call->deadline, call->id);
    unsent_.push_back(call->id);
    calls_.emplace(call->id, std::move(call));
    pump(now);
}

void Calls::pump(base::Steady now) {
    while (!unsent_.empty() && link_.has_room()) {
        auto found = calls_.find(unsent_.front());
        unsent_.pop_front();
        if (found != calls_.end()) send(*found->second, now);
    }
}

void Calls::send(CallState& call, base::Steady now) {
    if (call.deadline <= now) return;  // its timer fires within this turn
    shared_->release(call.bytes);
    call.bytes = 0;
    call.sent = true;
    if (!link_.send(to_frame(call, now), to_message(std::move(call.payload)))) {
        settle(call.id, make_error(wire::Code::bad_request, "the headers of the call are too large"));
    }
}

void Calls::tick(base::Steady now) {
    timers_.advance(now, [this](wire::CallId id) { expire(id); });
}

void Calls::expire(wire::CallId id) {
    auto found = calls_.find(id);
    if (found == calls_.end()) return;
    if (found->second->sent) {
        link_.send(wire::Cancel{id});
        settle(id, make_error(wire::Code::deadline));
    } else {
        settle(id, make_error(wire::Code::unavailable));
    }
}

// The broker keeps the deadline too; which of the two clocks was first must not change what the caller sees.
bool Calls::is_late(wire::CallId id, base::Steady now) const {
    auto found = calls_.find(id);
    return found != calls_.end() && now >= found->second->deadline;
}

void Calls::on_reply(const wire::Reply& frame, const zmq::message_t& payload, base::Steady now) {
    if (is_late(frame.call, now)) return settle(frame.call, make_error(wire::Code::deadline));
    settle(frame.call, std::string(to_view(payload)));
}

void Calls::on_error(const wire::Error& frame, base::Steady now) {
    if (is_late(frame.call, now)) return settle(frame.call, make_error(wire::Code::deadline));
    settle(frame.call, Error{frame.code, std::string(frame.message), frame.temporary, {}});
}

void Calls::on_returned(const wire::Returned& frame) {
    settle(frame.call, make_error(wire::Code::unavailable, "the broker handed the call back"));
}

void Calls::on_welcome(bool new_boot) {
    if (!new_boot) return;
    std::vector<wire::CallId> lost;
    for (const auto& [id, call] : calls_) {
        if (call->sent) lost.push_back(id);
    }
    for (wire::CallId id : lost) {
        settle(id, make_error(wire::Code::unavailable, "outcome unknown: the broker was started anew"));
    }
}

void Calls::end_all(const Error& error) {
    while (!calls_.empty())
        settle(calls_.begin()->first, error);
    unsent_.clear();
}

void Calls::settle(wire::CallId id, Result<std::string> outcome) {
    auto found = calls_.find(id);
    if (found == calls_.end()) {
        shared_->counters.frames_ignored.add();
        return;
    }
    std::unique_ptr<CallState> call = std::move(found->second);
    calls_.erase(found);
    timers_.cancel(call->timer);
    shared_->release(call->bytes);
    finish(*call, std::move(outcome));
}

void Calls::finish(CallState& call, Result<std::string> outcome) {
    if (!outcome.ok()) shared_->counters.calls_failed.add();
    if (call.blocking) {
        call.done(std::move(outcome));
    } else {
        callbacks_.push_back(std::make_shared<Callback>(shared_->log, call, std::move(outcome)));
    }
}

void Calls::submit() {
    pool_.submit(callbacks_);
}

}  // namespace fairlead::detail
