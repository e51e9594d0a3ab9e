// SPDX-License-Identifier: Apache-2.0
#include "backplane/inbound.h"

#include <string>
#include <utility>
#include <variant>

#include "wire/batch.h"

namespace fairlead::backplane {
namespace {

std::string_view view_of(const zmq::message_t& part) noexcept {
    return {static_cast<const char*>(part.data()), part.size()};
}

/// Of the connection that a message came over; -1: not known. Of the part of the peer itself, as with its
/// key.
int descriptor_of(const std::vector<zmq::message_t>& message) noexcept {
    return message.size() < 2 ? -1 : zmq_msg_get(message[1].handle(), ZMQ_SRCFD);
}

}  // namespace

void Inbound::attach(core::Broker& broker) noexcept {
    broker_ = &broker;
    greeter_.attach(broker);
    handlers_.attach(broker);
}

std::size_t Inbound::handle(std::vector<zmq::message_t>& message, bool complete) {
    ++parts_.counts.messages_in;
    const std::string_view routing_id = view_of(message.front());
    Link* const link = parts_.links.find(routing_id);
    if (link == nullptr) {
        sender_.descriptor = descriptor_of(message);
        parts_.intake.heard(sender_.descriptor);
    }
    if (parts_.strangers.is_banned(routing_id)) return 1;
    if (parts_.options.keyed() && !identify(routing_id, message)) return 1;
    if (link != nullptr) {
        parts_.liveness.heard(*link->instance);
        parts_.events.heard(*link->instance);
    }
    if (!well_formed(routing_id, message, complete)) return 1;
    for (std::size_t i = 1; i + 1 < message.size(); i += 2) {
        if (!handle_pair(routing_id, view_of(message[i]), view_of(message[i + 1]))) break;
    }
    return message.size() / 2;
}

/// Finds out whose message this is. False: nobody's who may speak here.
bool Inbound::identify(std::string_view routing_id, const std::vector<zmq::message_t>& message) {
    // The part with the routing id can lack what the handshake found out; those of the peer itself have it.
    const char* key = message.size() < 2 ? nullptr : zmq_msg_gets(message[1].handle(), "User-Id");
    if (key == nullptr) {
        ++parts_.counts.nameless;
        return false;
    }
    sender_.key = key;
    sender_.rights = parts_.services.find(key);
    if (!sender_.rights) {
        ++parts_.counts.keys_gone;
        return false;
    }
    Link* link = parts_.links.find(routing_id);
    if (link == nullptr || link->instance->key == sender_.key) return true;
    // libzmq gives an id to one connection at a time: that of the link has ended, and another peer took its
    // name.
    ++parts_.counts.impostors;
    parts_.links.end(*link, "its connection ended");
    return false;
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

/// False: the peer is not heard any more.
bool Inbound::handle_pair(std::string_view routing_id, std::string_view header, std::string_view payload) {
    ++parts_.counts.frames_in;
    const wire::Frame* frame = reader_.read(header);
    if (frame == nullptr) {
        return fault(routing_id, reader_.error(), reader_.fault() == wire::ReadFault::other_version);
    }
    Link* link = parts_.links.find(routing_id);
    if (const auto* greeting = std::get_if<wire::Greeting>(frame)) {
        greeter_.greet(routing_id, link, *greeting, sender_);
    } else if (link == nullptr) {
        handle_stranger(routing_id, *frame);
    } else if (const auto* heard = std::get_if<wire::Heard>(frame)) {
        if (!parts_.feeds.heard(*link->instance, heard->group, heard->last))
            return fault(routing_id, "it acknowledges session events that it was not told", false);
    } else {
        std::visit([&](const auto& one) { handlers_.on(*link, one, payload); }, *frame);
    }
    return true;
}

void Inbound::handle_stranger(std::string_view routing_id, const wire::Frame& frame) {
    ++parts_.counts.strangers;
    if (!parts_.strangers.may_answer(routing_id)) return;
    if (std::holds_alternative<wire::Goodbye>(frame)) {
        parts_.outbound.send_now(routing_id, wire::Goodbye{"goodbye"});
    } else {
        parts_.outbound.send_now(routing_id, wire::Who{broker_->boot()});
    }
}

/// False: that was one too many, or too grave.
bool Inbound::fault(std::string_view routing_id, std::string_view why, bool fatal) {
    ++parts_.counts.malformed;
    Link* link = parts_.links.find(routing_id);
    log_fault(link, why);
    if (!fatal && (link == nullptr || ++link->faults <= parts_.options.max_faults)) return true;
    break_off(routing_id, link, why);
    return false;
}

void Inbound::log_fault(const Link* link, std::string_view why) {
    auto kept_back = fault_limit_.pass(parts_.clock.now());
    if (!kept_back) return;
    std::string_view service = link == nullptr ? std::string_view() : link->instance->service;
    parts_.log.warning("a peer broke the protocol",
                       {{"service", service}, {"why", why}, {"not_logged", *kept_back}});
}

void Inbound::break_off(std::string_view routing_id, Link* link, std::string_view why) {
    std::string reason = "the backplane protocol was broken: " + std::string(why);
    wire::Refusal refusal{static_cast<std::uint32_t>(wire::Code::bad_request), reason};
    parts_.outbound.send_now(routing_id, refusal);
    parts_.strangers.ban(routing_id, parts_.options.ban);
    if (link == nullptr) return;
    ++parts_.counts.cut;
    parts_.links.end(*link, std::move(reason));
}

}  // namespace fairlead::backplane
