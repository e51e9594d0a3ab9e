// SPDX-License-Identifier: Apache-2.0
#include "backplane/inbound.h"

#include <algorithm>
#include <memory>
#include <span>
#include <variant>

#include "wire/topic.h"
#include "wire/value_check.h"

namespace fairlead::backplane {
namespace {

using wire::Code;

std::string_view view_of(const zmq::message_t& part) noexcept {
    return {static_cast<const char*>(part.data()), part.size()};
}

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

// ---- a message and its pairs

std::size_t Inbound::handle(std::vector<zmq::message_t>& message, bool complete) {
    ++parts_.counts.messages_in;
    const std::string_view routing_id = view_of(message.front());
    if (parts_.strangers.is_banned(routing_id)) return 1;
    if (Link* link = parts_.links.find(routing_id)) heard(*link);
    if (!well_formed(routing_id, message, complete)) return 1;
    for (std::size_t i = 1; i + 1 < message.size(); i += 2) {
        handle_pair(routing_id, view_of(message[i]), view_of(message[i + 1]));
    }
    return message.size() / 2;
}

bool Inbound::well_formed(std::string_view routing_id, const std::vector<zmq::message_t>& message,
                          bool complete) {
    wire::MessageCheck check(parts_.options.max_payload_bytes);
    for (std::size_t i = 1; i < message.size(); ++i)
        check.add(message[i].size());
    wire::MessageFault found = complete ? check.finish() : wire::MessageFault::too_many_parts;
    if (found == wire::MessageFault::none) return true;
    bool fatal = found != wire::MessageFault::odd_parts && found != wire::MessageFault::empty_header;
    fault(routing_id, wire::to_string(found), fatal);
    return false;
}

void Inbound::handle_pair(std::string_view routing_id, std::string_view header, std::string_view payload) {
    ++parts_.counts.frames_in;
    const wire::Frame* frame = reader_.read(header);
    if (frame == nullptr) {
        return fault(routing_id, reader_.error(), reader_.fault() == wire::ReadFault::other_version);
    }
    Link* link = parts_.links.find(routing_id);
    if (const auto* greeting = std::get_if<wire::Greeting>(frame)) return greet(routing_id, link, *greeting);
    if (link == nullptr) return handle_stranger(routing_id, *frame);
    std::visit([&](const auto& one) { on(*link, one, payload); }, *frame);
}

void Inbound::handle_stranger(std::string_view routing_id, const wire::Frame& frame) {
    ++parts_.counts.strangers;
    if (std::holds_alternative<wire::Goodbye>(frame)) {
        return parts_.outbound.send_now(routing_id, wire::Goodbye{"goodbye"});
    }
    if (parts_.strangers.may_answer(routing_id))
        parts_.outbound.send_now(routing_id, wire::Who{broker_->boot()});
}

void Inbound::heard(Link& link) {
    parts_.liveness.heard(*link.instance);
    parts_.events.heard(*link.instance);
}

// ---- peers that break the protocol

void Inbound::fault(std::string_view routing_id, std::string_view why, bool fatal) {
    ++parts_.counts.malformed;
    log_fault(routing_id, why);
    Link* link = parts_.links.find(routing_id);
    if (fatal || (link != nullptr && ++link->faults > parts_.options.max_faults)) break_off(routing_id, why);
}

void Inbound::log_fault(std::string_view routing_id, std::string_view why) {
    auto kept_back = fault_limit_.pass(parts_.clock.now());
    if (!kept_back) return;
    const Link* link = parts_.links.find(routing_id);
    std::string_view service = link == nullptr ? std::string_view() : link->instance->service;
    parts_.log.warning("a peer broke the protocol",
                       {{"service", service}, {"why", why}, {"not_logged", *kept_back}});
}

void Inbound::break_off(std::string_view routing_id, std::string_view why) {
    std::string reason = "the backplane protocol was broken: " + std::string(why);
    parts_.outbound.send_now(routing_id,
                             wire::Refusal{static_cast<std::uint32_t>(Code::bad_request), reason});
    parts_.strangers.ban(routing_id, parts_.options.ban);
    Link* link = parts_.links.find(routing_id);
    if (link == nullptr) return;
    ++parts_.counts.cut;
    parts_.links.end(*link, std::move(reason));
}

// ---- greetings

void Inbound::greet(std::string_view routing_id, Link* link, const wire::Greeting& frame) {
    const Greeted greeted = parts_.registry.greet(frame, link == nullptr ? 0 : link->id());
    if (greeted.how == Welcomed::refused) {
        if (link != nullptr) parts_.links.end(*link, "its new greeting was refused");
        return refuse(routing_id, frame, greeted.failure);
    }
    Link& welcomed = link_of(greeted, routing_id);
    welcome(welcomed);
    if (greeted.how == Welcomed::takeover) {
        take_over(welcomed, frame);
    } else if (greeted.how == Welcomed::fresh) {
        // An earlier link of it was given up: what it still runs has had its outcome.
        parts_.dispatch.not_listed(*welcomed.instance, frame.running);
        parts_.log.info("a service joined", {{"service", frame.service},
                                             {"version", frame.version},
                                             {"instance", frame.instance},
                                             {"link", welcomed.id()}});
    }
    parts_.events.join(*welcomed.instance);
    parts_.dispatch.rebalance();
    parts_.registry.prune();
}

Link& Inbound::link_of(const Greeted& greeted, std::string_view routing_id) {
    if (greeted.how == Welcomed::fresh) return parts_.links.add(*greeted.instance, routing_id);
    Link& link = *parts_.links.find(greeted.instance->link);
    if (greeted.how == Welcomed::takeover) parts_.links.move(link, routing_id);
    return link;
}

void Inbound::welcome(Link& link) {
    const Options& options = parts_.options;
    wire::Welcome frame;
    frame.boot = broker_->boot();
    frame.tag = broker_->tag();
    frame.version = options.version;
    frame.heartbeat = options.heartbeat;
    frame.dead_after = options.dead_after;
    frame.shared = options.shared;
    frame.byte_window = options.byte_window;
    frame.max_payload_bytes = static_cast<std::uint32_t>(options.max_payload_bytes);
    link.taken_bytes = link.told_bytes = 0;
    parts_.liveness.greeted(*link.instance);
    // Not by the batch: that may hold older frames, and the welcome comes first on a connection.
    parts_.outbound.send_now(link.routing_id, frame);
}

void Inbound::take_over(Link& link, const wire::Greeting& frame) {
    ++parts_.counts.takeovers;
    parts_.log.info("a service is back on a new connection",
                    {{"service", frame.service}, {"link", link.id()}});
    Instance& instance = *link.instance;
    link.ending.clear();
    link.said_goodbye = false;
    instance.congested = false;
    takeovers_.push_back({link.id(), parts_.dispatch.not_listed(instance, frame.running)});
    Outbound::Unsent unsent = parts_.outbound.withdraw(link);
    for (core::CallId call : unsent.calls)
        parts_.dispatch.unsent(call);
    for (EventCopy& copy : unsent.events)
        parts_.events.unsent(std::move(copy));
}

void Inbound::settle_takeovers() {
    if (takeovers_.empty()) return;
    for (const Takeover& takeover : std::exchange(takeovers_, {})) {
        if (Instance* instance = parts_.registry.find(takeover.link))
            parts_.dispatch.lost(*instance, takeover.owed);
    }
    parts_.dispatch.rebalance();
}

void Inbound::refuse(std::string_view routing_id, const wire::Greeting& frame, const wire::Failure& failure) {
    ++parts_.counts.refused;
    parts_.outbound.send_now(routing_id, wire::Refusal{failure.code, failure.message});
    if (auto kept_back = refusal_limit_.pass(parts_.clock.now())) {
        parts_.log.warning("a service was refused", {{"service", frame.service},
                                                     {"version", frame.version},
                                                     {"why", failure.message},
                                                     {"not_logged", *kept_back}});
    }
}

// ---- life of a link

void Inbound::on(Link& link, const wire::Heartbeat& frame, std::string_view) {
    link.instance->reported_in_flight = frame.in_flight;
    link.instance->reported_queued = frame.queued;
    link.instance->reported_oldest = frame.oldest;
}

void Inbound::on(Link& link, const wire::Drain&, std::string_view) {
    link.instance->draining = true;
    parts_.dispatch.rebalance();
    // All requests for it stand before this in the batch.
    static_cast<void>(parts_.outbound.post(link, wire::Drain{}));
}

void Inbound::on(Link& link, const wire::Goodbye&, std::string_view) {
    parts_.outbound.flush(link);
    parts_.outbound.send_now(link.routing_id, wire::Goodbye{"goodbye"});
    link.said_goodbye = true;
    parts_.links.end(link, "it said goodbye");
}

void Inbound::on(Link&, const wire::Probe&, std::string_view) {}

void Inbound::on(Link&, const wire::Unknown&, std::string_view) {
    ++parts_.counts.unknown_kinds;
}

// ---- requests

void Inbound::on(Link& link, const wire::Request& frame, std::string_view payload) {
    wire::Failure failure = check_payload(link, payload);
    if (failure.code == 0 && !frame.caller.meta.empty()) failure = check_payload(link, frame.caller.meta);
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

void Inbound::on(Link& link, const wire::Reply& frame, std::string_view payload) {
    wire::Failure failure = check_payload(link, payload);
    if (failure.code == 0) {
        return parts_.dispatch.answered(*link.instance, frame.call, core::Outcome(std::string(payload)));
    }
    // The service's fault, not the caller's.
    failure = wire::Failure{static_cast<std::uint32_t>(Code::internal), "the reply cannot be used", false};
    parts_.dispatch.answered(*link.instance, frame.call, core::Outcome(std::move(failure)));
}

void Inbound::on(Link& link, const wire::Error& frame, std::string_view) {
    wire::Failure failure{frame.code, std::string(frame.message), frame.temporary};
    if (failure.code == 0) failure.code = static_cast<std::uint32_t>(Code::internal);
    parts_.dispatch.answered(*link.instance, frame.call, core::Outcome(std::move(failure)));
}

void Inbound::on(Link& link, const wire::Returned& frame, std::string_view) {
    parts_.dispatch.returned(*link.instance, frame.call, frame.reason);
}

void Inbound::on(Link& link, const wire::Cancel& frame, std::string_view) {
    broker_->abandon(link.id(), frame.call);
}

// ---- events, publications, pushes, control

void Inbound::on(Link& link, const wire::Event& frame, std::string_view payload) {
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

wire::Failure Inbound::check_event(Link& link, const wire::Event& frame, std::string_view payload) {
    if (!wire::valid_topic(frame.topic)) return wire::failure(Code::bad_request, "this is no topic");
    if (wire::is_reserved(frame.topic)) return wire::failure(Code::denied, "this topic is the broker's");
    wire::Failure failure = check_payload(link, payload);
    if (failure.code != 0 || frame.caller.meta.empty()) return failure;
    return check_payload(link, frame.caller.meta);
}

void Inbound::on(Link& link, const wire::Publication& frame, std::string_view payload) {
    ++parts_.counts.publications;
    core::Reached reached;
    reached.failure = check_payload(link, payload);
    if (reached.failure.code == 0) {
        core::Publication publication;
        publication.channel = frame.channel;
        publication.data = payload_of(payload);
        publication.tags = tags_of(frame.tags);
        reached = broker_->publish(std::move(publication));
    }
    taken(link, payload);
    acknowledge(link, frame.id, reached);
}

void Inbound::on(Link& link, const wire::Push& frame, std::string_view payload) {
    ++parts_.counts.pushes;
    core::Reached reached;
    reached.failure = check_payload(link, payload);
    if (reached.failure.code == 0) reached = broker_->push(frame.client, payload_of(payload));
    acknowledge(link, frame.id, reached);
}

void Inbound::on(Link& link, const wire::Control& frame, std::string_view) {
    ++parts_.counts.controls;
    const auto code = static_cast<std::uint16_t>(std::min<std::uint32_t>(frame.code, 0xffff));
    core::Reached reached;
    if (frame.action != wire::Action::disconnect) {
        reached.failure = wire::failure(Code::not_available, "services can disconnect clients only");
    } else if (frame.client.empty() == frame.user.empty()) {
        reached.failure = wire::failure(Code::bad_request, "either a client or a user");
    } else if (!frame.client.empty()) {
        reached = broker_->disconnect_client(frame.client, code, frame.reason);
    } else {
        reached = broker_->disconnect_user(frame.user, code, frame.reason);
    }
    acknowledge(link, frame.id, reached);
}

wire::Failure Inbound::check_payload(Link& link, std::string_view payload) {
    if (payload.empty()) return {};
    wire::ValueLimits limits;
    limits.bytes = parts_.options.max_payload_bytes;
    limits.depth = parts_.options.max_payload_depth;
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

void Inbound::taken(Link& link, std::string_view payload) {
    link.taken_bytes += payload.size();
    if (link.taken_bytes - link.told_bytes >= parts_.options.byte_window / 2)
        parts_.outbound.post_heartbeat(link);
}

void Inbound::acknowledge(Link& link, wire::Ack ack, const wire::Failure& failure) {
    if (ack.id == 0) return;
    ack.code = failure.code;
    ack.message = failure.message;
    ack.taken_bytes = link.told_bytes = link.taken_bytes;
    static_cast<void>(parts_.outbound.post(link, ack));
}

void Inbound::acknowledge(Link& link, std::uint64_t id, const core::Reached& reached) {
    wire::Ack ack;
    ack.id = id;
    ack.offset = reached.offset;
    ack.epoch = reached.epoch;
    ack.reached = reached.clients;
    acknowledge(link, ack, reached.failure);
}

}  // namespace fairlead::backplane
