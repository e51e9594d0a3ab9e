// SPDX-License-Identifier: Apache-2.0
#include "backplane/handlers.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "backplane/rights.h"
#include "wire/topic.h"
#include "wire/value_check.h"

namespace fairlead::backplane {
namespace {

using wire::Code;

core::Tags tags_of(const wire::Pairs& pairs) {
    core::Tags tags;
    tags.reserve(pairs.size());
    for (const auto& [name, value] : pairs)
        tags.emplace_back(name, value);
    return tags;
}

core::CallerPtr caller_of(const Link& link, const wire::Caller& frame) {
    if (frame.client.empty()) return link.caller;
    core::Caller caller;
    caller.service = link.instance->service;
    caller.user = frame.user;
    caller.client = frame.client;
    caller.session = frame.session;
    caller.address = frame.address;
    caller.meta = frame.meta;
    return std::make_shared<const core::Caller>(std::move(caller));
}

/// What goes to clients has a value: nothing is the value null.
core::Payload payload_of(std::string_view bytes) {
    return core::Payload{core::Encoding::msgpack, bytes.empty() ? "\xc0" : std::string(bytes)};
}

}  // namespace

// ---- life of a link

void Handlers::on(Link& link, const wire::Heartbeat& frame, std::string_view) {
    link.instance->reported_in_flight = frame.in_flight;
    link.instance->reported_queued = frame.queued;
    link.instance->reported_oldest = frame.oldest;
}

void Handlers::on(Link& link, const wire::Drain&, std::string_view) {
    parts_.dispatch.drain(*link.instance);
    parts_.feeds.drain(*link.instance);
    // All requests for it stand before this in the batch.
    static_cast<void>(parts_.outbound.post(link, wire::Drain{}));
}

void Handlers::on(Link& link, const wire::Window& frame, std::string_view) {
    parts_.dispatch.set_window(*link.instance, frame);
}

void Handlers::on(Link& link, const wire::Goodbye&, std::string_view) {
    parts_.outbound.flush(link);
    parts_.outbound.send_now(link.routing_id, wire::Goodbye{"goodbye"});
    link.said_goodbye = true;
    parts_.links.end(link, "it said goodbye");
}

void Handlers::on(Link&, const wire::Probe&, std::string_view) {}

void Handlers::on(Link&, const wire::Unknown&, std::string_view) {
    ++parts_.counts.unknown_kinds;
}

// ---- requests

void Handlers::on(Link& link, const wire::Request& frame, std::string_view payload) {
    wire::Failure failure = check_payload(link, payload);
    if (failure.code == 0 && !frame.caller.meta.empty()) failure = check_payload(link, frame.caller.meta);
    if (link.rights && !may_call(*link.rights, frame.topic)) failure = denied(link, "ask this topic");
    if (failure.code != 0) {
        wire::Error error{frame.call, failure.code, failure.message, failure.temporary};
        static_cast<void>(parts_.outbound.post(link, error));
        return;
    }
    core::Request request;
    request.call = frame.call;
    request.topic = frame.topic;
    if (frame.deadline.count() > 0) request.deadline = parts_.clock.now() + frame.deadline;
    request.caller = caller_of(link, frame.caller);
    request.headers = tags_of(frame.headers);
    request.trace = frame.trace;
    request.key = frame.key;
    request.payload = payload;
    broker_->call(link.id(), std::move(request));
}

void Handlers::on(Link& link, const wire::Reply& frame, std::string_view payload) {
    wire::Failure failure = check_payload(link, payload);
    if (failure.code == 0) {
        return parts_.dispatch.answered(*link.instance, frame.call, core::Outcome(std::string(payload)));
    }
    // The service's fault, not the caller's.
    failure = wire::Failure{static_cast<std::uint32_t>(Code::internal), "the reply cannot be used", false};
    parts_.dispatch.answered(*link.instance, frame.call, core::Outcome(std::move(failure)));
}

void Handlers::on(Link& link, const wire::Error& frame, std::string_view) {
    wire::Failure failure{frame.code, std::string(frame.message), frame.temporary};
    if (failure.code == 0) failure.code = static_cast<std::uint32_t>(Code::internal);
    parts_.dispatch.answered(*link.instance, frame.call, core::Outcome(std::move(failure)));
}

void Handlers::on(Link& link, const wire::Returned& frame, std::string_view) {
    parts_.dispatch.returned(*link.instance, frame.call, frame.reason);
}

void Handlers::on(Link& link, const wire::Cancel& frame, std::string_view) {
    broker_->abandon(link.id(), frame.call);
}

// ---- owners

void Handlers::on(Link& link, const wire::Release& frame, std::string_view) {
    parts_.dispatch.release(*link.instance, frame);
}

void Handlers::on(Link& link, const wire::Claim& frame, std::string_view) {
    parts_.dispatch.claim(*link.instance, frame);
}

// ---- events, publications, pushes, control

void Handlers::on(Link& link, const wire::Event& frame, std::string_view payload) {
    wire::Failure failure = check_event(link, frame, payload);
    wire::Ack ack;
    ack.id = frame.id;
    if (failure.code == 0) {
        core::Event event;
        event.topic = frame.topic;
        event.caller = caller_of(link, frame.caller);
        event.headers = tags_of(frame.headers);
        event.trace = frame.trace;
        event.payload = payload;
        const core::Emitted emitted = parts_.events.emit(std::move(event));
        ack.reached = emitted.reached;
        ack.queued = emitted.queued;
        ack.dropped = emitted.dropped;
    }
    taken(link, payload);
    acknowledge(link, ack, failure);
}

wire::Failure Handlers::check_event(Link& link, const wire::Event& frame, std::string_view payload) {
    if (!wire::valid_topic(frame.topic)) return wire::failure(Code::bad_request, "this is no topic");
    if (wire::is_reserved(frame.topic)) return wire::failure(Code::denied, "this topic is the broker's");
    if (link.rights && !may_emit(*link.rights, frame.topic)) return denied(link, "emit this topic");
    wire::Failure failure = check_payload(link, payload);
    if (failure.code != 0 || frame.caller.meta.empty()) return failure;
    return check_payload(link, frame.caller.meta);
}

void Handlers::on(Link& link, const wire::Publication& frame, std::string_view payload) {
    ++parts_.counts.publications;
    core::Reached reached;
    reached.failure = check_for_clients(link, payload);
    if (link.rights && !may_publish(*link.rights, frame.channel)) {
        reached.failure = denied(link, "publish to this channel");
    }
    if (reached.failure.code == 0) {
        core::Publication publication;
        publication.channel = frame.channel;
        publication.data = payload_of(payload);
        publication.tags = tags_of(frame.tags);
        publication.key = frame.key;
        reached = broker_->publish(std::move(publication), {frame.idempotency, frame.version});
    }
    taken(link, payload);
    acknowledge(link, frame.id, reached);
}

void Handlers::on(Link& link, const wire::Push& frame, std::string_view payload) {
    ++parts_.counts.pushes;
    core::Reached reached;
    reached.failure = check_for_clients(link, payload);
    if (link.rights && !link.rights->push) reached.failure = denied(link, "send to single clients");
    if (reached.failure.code == 0) reached.failure = check_audience(frame.client, frame.user);
    if (reached.failure.code == 0) {
        reached = frame.client.empty() ? broker_->push_user(frame.user, payload_of(payload))
                                       : broker_->push(frame.client, payload_of(payload));
    }
    acknowledge(link, frame.id, reached);
}

void Handlers::on(Link& link, const wire::Control& frame, std::string_view payload) {
    ++parts_.counts.controls;
    core::Reached reached;
    if (link.rights && !link.rights->control) {
        reached.failure = denied(link, "control clients");
    } else {
        reached.failure = check_audience(frame.client, frame.user);
    }
    if (reached.failure.code == 0) reached = control(link, frame, payload);
    acknowledge(link, frame.id, reached);
}

core::Reached Handlers::control(Link& link, const wire::Control& frame, std::string_view payload) {
    const auto code = static_cast<std::uint16_t>(std::min<std::uint32_t>(frame.code, 0xffff));
    const core::Audience audience{frame.client, frame.user};
    switch (frame.action) {
        case wire::Action::disconnect:
            return frame.client.empty() ? broker_->disconnect_user(frame.user, code, frame.reason)
                                        : broker_->disconnect_client(frame.client, code, frame.reason);
        case wire::Action::subscribe:
            return broker_->subscribe(audience, std::string(frame.channel));
        case wire::Action::unsubscribe:
            return broker_->unsubscribe(audience, std::string(frame.channel), code, frame.reason);
        case wire::Action::keep_state: {
            wire::Failure failure = check_payload(link, payload);
            if (failure.code != 0) return {std::move(failure), 0, 0, {}};
            return broker_->keep_state(frame.client, payload);
        }
    }
    return {wire::failure(Code::not_available, "this broker does not know that action"), 0, 0, {}};
}

wire::Failure Handlers::check_audience(std::string_view client, std::string_view user) {
    if (client.empty() != user.empty()) return {};
    return wire::failure(Code::bad_request, "either a client or a user");
}

void Handlers::on(Link& link, const wire::Revoke& frame, std::string_view) {
    ++parts_.counts.controls;
    using Kind = core::Target::Kind;
    core::Revocation revocation;
    core::Target& target = revocation.target;
    const std::pair<Kind, std::string_view> named[] = {
        {Kind::session, frame.session}, {Kind::token, frame.token}, {Kind::key, frame.key}};
    target = {Kind::user, frame.user};
    int count = 0;
    for (const auto& [kind, name] : named) {
        if (name.empty()) continue;
        target = {kind, name, frame.user};
        ++count;
    }
    revocation.reason = frame.reason;
    if (frame.remember.count() > 0)
        revocation.remember = std::chrono::ceil<std::chrono::seconds>(frame.remember);
    core::Reached reached;
    if (link.rights && !link.rights->control) {
        reached.failure = denied(link, "revoke what lets clients in");
    } else if (count > 1 || (count == 1 && target.kind != Kind::session && !frame.user.empty())) {
        reached.failure = wire::failure(Code::bad_request, "one of user, session, token and key");
    } else {
        reached = broker_->revoke(revocation);
    }
    acknowledge(link, frame.id, reached);
}

wire::Failure Handlers::denied(Link& link, std::string_view what) {
    ++parts_.counts.denied;
    if (auto kept_back = denied_limit_.pass(parts_.clock.now())) {
        parts_.log.warning("a service asked for more than its key may do",
                           {{"service", link.instance->service}, {"what", what}, {"not_logged", *kept_back}});
    }
    return wire::failure(Code::denied,
                         "service `" + link.instance->service + "` may not " + std::string(what));
}

wire::Failure Handlers::check_payload(Link& link, std::string_view payload) {
    if (payload.empty()) return {};
    return check_value(link, payload, false);
}

// Clients speak JSON: what has no JSON form is refused here, where the service still hears of it.
wire::Failure Handlers::check_for_clients(Link& link, std::string_view payload) {
    return check_value(link, payload, true);
}

wire::Failure Handlers::check_value(Link& link, std::string_view payload, bool json) {
    wire::ValueLimits limits;
    limits.bytes = parts_.options.max_payload_bytes;
    limits.depth = parts_.options.max_payload_depth;
    limits.json = json;
    wire::ValueFault found = wire::check_value(payload, limits);
    if (found == wire::ValueFault::none) return {};
    ++parts_.counts.bad_payloads;
    if (auto kept_back = payload_limit_.pass(parts_.clock.now())) {
        parts_.log.warning("a service sent a payload that cannot be used",
                           {{"service", link.instance->service},
                            {"why", wire::to_string(found)},
                            {"not_logged", *kept_back}});
    }
    return wire::failure(Code::bad_request,
                         "the payload cannot be used: " + std::string(wire::to_string(found)));
}

void Handlers::taken(Link& link, std::string_view payload) {
    link.taken_bytes += payload.size();
    if (link.taken_bytes - link.told_bytes >= parts_.options.byte_window / 2)
        parts_.outbound.post_heartbeat(link);
}

void Handlers::acknowledge(Link& link, wire::Ack ack, const wire::Failure& failure) {
    if (ack.id == 0) return;
    ack.code = failure.code;
    ack.message = failure.message;
    ack.taken_bytes = link.told_bytes = link.taken_bytes;
    static_cast<void>(parts_.outbound.post(link, ack));
}

void Handlers::acknowledge(Link& link, std::uint64_t id, const core::Reached& reached) {
    wire::Ack ack;
    ack.id = id;
    ack.offset = reached.offset;
    ack.epoch = reached.epoch;
    ack.reached = reached.clients;
    acknowledge(link, ack, reached.failure);
}

}  // namespace fairlead::backplane
