// SPDX-License-Identifier: Apache-2.0
#include "backplane/outbound.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace fairlead::backplane {
namespace {

// From here on sharing a payload is cheaper than copying it.
constexpr std::size_t kShareBytes = 4096;

zmq::message_t copy_of(std::string_view bytes) {
    return zmq::message_t(bytes.data(), bytes.size());
}

/// The payload of an event that lives as long as ZeroMQ needs it.
zmq::message_t payload_of(const std::shared_ptr<const core::Event>& event) {
    using Owner = std::shared_ptr<const core::Event>;
    const std::string& payload = event->payload;
    if (payload.size() < kShareBytes) return copy_of(payload);
    auto release = [](void*, void* owner) { delete static_cast<Owner*>(owner); };
    // ZeroMQ does not write to it.
    auto owner = std::make_unique<Owner>(event);
    zmq::message_t message(const_cast<char*>(payload.data()), payload.size(), release, owner.get());
    static_cast<void>(owner.release());
    return message;
}

wire::Caller view_of(const core::CallerPtr& caller) {
    if (!caller) return {};
    return {caller->service, caller->user, caller->client, caller->session, caller->address, caller->meta};
}

void view(const core::Tags& from, wire::Pairs& to) {
    to.clear();
    for (const auto& [name, value] : from)
        to.emplace_back(name, value);
}

/// At least one: 0 would say that there is no deadline.
wire::Milliseconds remaining(base::Steady deadline, base::Steady now) {
    return std::max(std::chrono::ceil<wire::Milliseconds>(deadline - now), wire::Milliseconds(1));
}

}  // namespace

bool Outbound::send_request(Instance& instance, const Pending& pending) {
    const core::Request& request = pending.request;
    request_.call = request.call;
    request_.topic = request.topic;
    request_.deadline = remaining(request.deadline, clock_.now());
    request_.caller = view_of(request.caller);
    view(request.headers, request_.headers);
    request_.trace = request.trace;
    request_.key = request.key;
    request_.attempt = pending.attempts;
    Outgoing payload;
    payload.bytes = copy_of(request.payload);
    payload.call = request.call;
    if (post(*links_.find(instance.link), request_, std::move(payload))) return true;
    want_turn_();
    return false;
}

void Outbound::send_cancel(Instance& instance, core::CallId call) {
    static_cast<void>(post(*links_.find(instance.link), wire::Cancel{call}));
}

void Outbound::send_lease(Instance& instance, const wire::Lease& lease) {
    static_cast<void>(post(*links_.find(instance.link), lease));
}

bool Outbound::send_event(Instance& instance, const EventCopy& copy) {
    const core::Event& event = *copy.event;
    event_.topic = event.topic;
    event_.caller = view_of(event.caller);
    view(event.headers, event_.headers);
    event_.trace = event.trace;
    event_.group = *copy.group;
    Outgoing payload;
    payload.bytes = payload_of(copy.event);
    payload.event = copy;
    return post(*links_.find(instance.link), event_, std::move(payload));
}

void Outbound::settle(core::CallId call, core::Outcome&& outcome) {
    if (broker_ != nullptr) broker_->settle(call, std::move(outcome));
}

void Outbound::send_told(Instance& instance, const wire::Told& frame, std::string&& payload) {
    Outgoing out;
    out.bytes = copy_of(payload);
    out.told = true;
    static_cast<void>(post(*links_.find(instance.link), frame, std::move(out)));
}

core::SnapshotPage Outbound::snapshot(core::Subjects subjects, std::uint64_t from, std::size_t max_events) {
    return broker_ == nullptr ? core::SnapshotPage() : broker_->snapshot(subjects, from, max_events);
}

void Outbound::post_heartbeat(Link& link) {
    wire::Heartbeat frame;
    frame.boot = broker_->boot();
    frame.taken_bytes = link.told_bytes = link.taken_bytes;
    static_cast<void>(post(link, frame));
}

void Outbound::posted(Link& link) {
    ++counts_.frames_out;
    mark_dirty(link);
    if (link.backlog_bytes() > options_.max_backlog_bytes && link.instance->congested) {
        links_.end(link, "it does not read what it is sent");
    }
}

void Outbound::mark_dirty(Link& link) {
    if (std::exchange(link.dirty, true)) return;
    dirty_.push_back(link.id());
    if (dirty_.size() == 1) want_turn_();
}

void Outbound::send_header_now(std::string_view routing_id) {
    parts_.clear();
    parts_.push_back(copy_of(routing_id));
    parts_.push_back(copy_of(header_));
    parts_.emplace_back();
    ++counts_.frames_out;
    if (door_.send(parts_) == base::SendOutcome::sent) ++counts_.messages_out;
}

bool Outbound::flush() {
    bool any = false;
    flushing_.swap(dirty_);
    for (core::LinkId id : flushing_) {
        Link* link = links_.find(id);
        if (link == nullptr) continue;
        link->dirty = false;
        any = flush(*link) || any;
    }
    flushing_.clear();
    return any;
}

bool Outbound::flush(Link& link) {
    bool any = false;
    while (std::size_t pairs = link.batch.message_pairs()) {
        switch (send_message(link, pairs)) {
            case base::SendOutcome::would_block:
                set_congested(link, true);
                return any;
            case base::SendOutcome::unreachable:
                links_.end(link, "its connection ended");
                return any;
            case base::SendOutcome::lost:
                links_.end(link, "its connection ended");
                break;
            case base::SendOutcome::sent:
                any = true;
                break;
        }
        link.batch.pop(pairs);
    }
    if (any) liveness_.sent(*link.instance);
    set_congested(link, false);
    return any;
}

base::SendOutcome Outbound::send_message(Link& link, std::size_t pairs) {
    parts_.clear();
    parts_.push_back(copy_of(link.routing_id));
    for (std::size_t i = 0; i < pairs; ++i) {
        if (link.batch.payload(i).withdrawn) continue;
        parts_.push_back(copy_of(link.batch.header(i)));
        parts_.push_back(std::move(link.batch.payload(i).bytes));
    }
    if (parts_.size() == 1) return base::SendOutcome::sent;
    base::SendOutcome outcome = door_.send(parts_);
    if (outcome == base::SendOutcome::sent) {
        ++counts_.messages_out;
    } else if (outcome != base::SendOutcome::lost) {
        // Nothing was taken: the payloads go back.
        std::size_t part = 2;
        for (std::size_t i = 0; i < pairs; ++i) {
            if (link.batch.payload(i).withdrawn) continue;
            link.batch.payload(i).bytes = std::move(parts_[part]);
            part += 2;
        }
    }
    return outcome;
}

void Outbound::set_congested(Link& link, bool congested) {
    if (std::exchange(link.instance->congested, congested) == congested) return;
    (congested ? congested_ : relieved_).push_back(link.id());
}

Outbound::Unsent Outbound::withdraw(Link& link) {
    Unsent unsent;
    for (std::size_t i = 0; i < link.batch.size(); ++i) {
        Outgoing& payload = link.batch.payload(i);
        if (payload.withdrawn || (payload.call == 0 && !payload.event.event && !payload.told)) continue;
        if (payload.call != 0) unsent.calls.push_back(payload.call);
        if (payload.event.event) unsent.events.push_back(std::move(payload.event));
        payload = Outgoing();
        payload.withdrawn = true;
    }
    return unsent;
}

}  // namespace fairlead::backplane
