// SPDX-License-Identifier: Apache-2.0
#include "src/outlet.h"

#include <algorithm>
#include <vector>

#include "src/errors.h"
#include "src/headers.h"
#include "src/message.h"

namespace fairlead::detail {
namespace {

wire::Publication to_publication(const SendState& send) {
    wire::Publication frame;
    frame.id = send.id;
    frame.channel = send.name;
    frame.tags = to_pairs(send.pairs);
    frame.key = send.key;
    frame.version = send.version;
    frame.idempotency = send.idempotency;
    return frame;
}

wire::Event to_event(const SendState& send) {
    wire::Event frame;
    frame.id = send.id;
    frame.topic = send.name;
    frame.headers = to_pairs(send.pairs);
    frame.trace = send.trace;
    return frame;
}

wire::Action action_of(SendState::Kind kind) {
    if (kind == SendState::Kind::subscribe) return wire::Action::subscribe;
    if (kind == SendState::Kind::unsubscribe) return wire::Action::unsubscribe;
    return kind == SendState::Kind::keep ? wire::Action::keep_state : wire::Action::disconnect;
}

wire::Control to_control(const SendState& send) {
    wire::Control frame;
    frame.id = send.id;
    frame.action = action_of(send.kind);
    frame.client = send.name;
    frame.user = send.user;
    frame.channel = send.channel;
    frame.code = send.code;
    frame.reason = send.reason;
    return frame;
}

wire::Revoke to_revoke(const SendState& send) {
    wire::Revoke frame;
    frame.id = send.id;
    frame.user = send.user;
    if (send.revoke == RevocationKind::session) frame.session = send.name;
    if (send.revoke == RevocationKind::token) frame.token = send.name;
    if (send.revoke == RevocationKind::key) frame.key = send.name;
    frame.reason = send.reason;
    frame.remember = send.remember;
    return frame;
}

}  // namespace

void Outlet::begin(std::unique_ptr<SendState> send) {
    shared_->counters.sent.add();
    send->id = ++last_id_;
    send->timer = timers_.add(send->deadline, send->id);
    unsent_.push_back(send->id);
    sends_.emplace(send->id, std::move(send));
}

void Outlet::pump() {
    while (!unsent_.empty() && link_.has_room()) {
        auto found = sends_.find(unsent_.front());
        if (found != sends_.end()) {
            if (!window_open(*found->second)) return;
            transmit(*found->second);
        }
        unsent_.pop_front();
    }
}

/// One that is larger than the window goes when nothing else is under way.
bool Outlet::window_open(const SendState& send) const noexcept {
    std::uint64_t under_way = sent_bytes_ - taken_bytes_;
    return send.window_bytes == 0 || under_way == 0 || under_way + send.window_bytes <= window_bytes_;
}

void Outlet::transmit(SendState& send) {
    shared_->release(send.bytes);
    send.bytes = 0;
    send.sent = true;
    std::size_t window_bytes = send.window_bytes;
    if (write(send)) {
        sent_bytes_ += window_bytes;
    } else {
        fail(send.id, make_error(wire::Code::bad_request, "names, tags or headers are too large"));
    }
}

bool Outlet::write(SendState& send) {
    zmq::message_t payload = to_message(std::move(send.payload));
    switch (send.kind) {
        case SendState::Kind::publication:
            return link_.send(to_publication(send), std::move(payload));
        case SendState::Kind::event:
            return link_.send(to_event(send), std::move(payload));
        case SendState::Kind::push:
            return link_.send(wire::Push{send.id, send.name, send.user}, std::move(payload));
        case SendState::Kind::revoke:
            return link_.send(to_revoke(send));
        case SendState::Kind::disconnect:
        case SendState::Kind::subscribe:
        case SendState::Kind::unsubscribe:
        case SendState::Kind::keep:
            break;
    }
    return link_.send(to_control(send), std::move(payload));
}

void Outlet::on_ack(const wire::Ack& frame) {
    on_taken(frame.taken_bytes);
    if (frame.id == 0) return;
    Receipt receipt;
    if (frame.code != 0) {
        const wire::ErrorRow* row = wire::find_error(frame.code);
        receipt.error = Error{frame.code, std::string(frame.message), row != nullptr && row->temporary, {}};
    }
    receipt.offset = frame.offset;
    receipt.epoch = frame.epoch;
    receipt.reached = frame.reached;
    receipt.queued = frame.queued;
    receipt.dropped = frame.dropped;
    settle(frame.id, std::move(receipt));
}

void Outlet::on_taken(std::uint64_t taken_bytes) {
    // What was under way when a link was made anew counts for neither side.
    taken_bytes_ = std::clamp(taken_bytes, taken_bytes_, sent_bytes_);
}

void Outlet::on_welcome(const wire::Welcome& welcome, bool new_boot) {
    window_bytes_ = welcome.byte_window;
    sent_bytes_ = 0;
    taken_bytes_ = 0;
    if (!new_boot) return;
    std::vector<std::uint64_t> lost;
    for (const auto& [id, send] : sends_) {
        if (send->sent) lost.push_back(id);
    }
    for (std::uint64_t id : lost) {
        fail(id, make_error(wire::Code::unavailable, "outcome unknown: the broker was started anew"));
    }
}

void Outlet::tick(base::Steady now) {
    timers_.advance(now, [this](std::uint64_t id) { expire(id); });
}

void Outlet::expire(std::uint64_t id) {
    auto found = sends_.find(id);
    if (found == sends_.end()) return;
    if (found->second->sent) {
        fail(id,
             make_error(wire::Code::unavailable, "outcome unknown: the broker did not acknowledge in time"));
    } else if (link_.up()) {
        fail(id, make_error(wire::Code::overloaded, "the broker did not take it in time"));
    } else {
        fail(id, make_error(wire::Code::unavailable));
    }
}

void Outlet::end_all(const Error& error) {
    while (!sends_.empty())
        fail(sends_.begin()->first, error);
    unsent_.clear();
}

void Outlet::fail(std::uint64_t id, Error error) {
    Receipt receipt;
    receipt.error = std::move(error);
    settle(id, std::move(receipt));
}

void Outlet::settle(std::uint64_t id, Receipt receipt) {
    auto found = sends_.find(id);
    if (found == sends_.end()) {
        shared_->counters.frames_ignored.add();
        return;
    }
    std::unique_ptr<SendState> send = std::move(found->second);
    sends_.erase(found);
    timers_.cancel(send->timer);
    shared_->release(send->bytes);
    if (receipt.error) shared_->counters.sends_failed.add();
    send->pending->settle(std::move(receipt));
}

}  // namespace fairlead::detail
