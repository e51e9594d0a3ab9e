// SPDX-License-Identifier: Apache-2.0
#include "backplane/greeter.h"

#include <utility>

#include "backplane/rights.h"

namespace fairlead::backplane {

void Greeter::greet(std::string_view routing_id, Link* link, const wire::Greeting& frame,
                    const Sender& sender) {
    const Greeted greeted = judge(routing_id, link, frame, sender);
    if (greeted.how == Welcomed::refused) {
        if (link != nullptr) parts_.links.end(*link, "its new greeting was refused");
        return refuse(routing_id, frame, greeted.failure);
    }
    Link& welcomed = link_of(greeted, routing_id, sender);
    welcomed.rights = sender.rights;
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
    parts_.feeds.join(*welcomed.instance);
    parts_.dispatch.greeted(*welcomed.instance);
    parts_.registry.prune();
}

Greeted Greeter::judge(std::string_view routing_id, const Link* link, const wire::Greeting& frame,
                       const Sender& sender) {
    std::string why = sender.rights ? refuse_greeting(frame, *sender.rights) : std::string();
    // Whoever chooses its routing id could wait for somebody else's to be free, and get what was meant for
    // that one.
    if (sender.rights && !parts_.intake.is_given(routing_id)) why = "a service sets no routing id of its own";
    if (why.empty()) return parts_.registry.greet(frame, link == nullptr ? 0 : link->id(), sender.key);
    ++parts_.counts.denied;
    return Greeted{Welcomed::refused, nullptr, wire::failure(wire::Code::denied, std::move(why))};
}

Link& Greeter::link_of(const Greeted& greeted, std::string_view routing_id, const Sender& sender) {
    const bool fresh = greeted.how == Welcomed::fresh;
    Link& link =
        fresh ? parts_.links.add(*greeted.instance, routing_id) : *parts_.links.find(greeted.instance->link);
    if (greeted.how == Welcomed::takeover) parts_.links.move(link, routing_id);
    if (fresh || greeted.how == Welcomed::takeover) {
        link.descriptor = sender.descriptor;
        parts_.intake.belongs_to(link.descriptor, link);
    }
    return link;
}

void Greeter::welcome(Link& link) {
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

void Greeter::take_over(Link& link, const wire::Greeting& frame) {
    ++parts_.counts.takeovers;
    parts_.log.info("a service is back on a new connection",
                    {{"service", frame.service}, {"link", link.id()}});
    Instance& instance = *link.instance;
    link.ending.clear();
    link.said_goodbye = false;
    instance.congested = false;
    parts_.dispatch.tell_leases(instance);
    takeovers_.push_back({link.id(), parts_.dispatch.not_listed(instance, frame.running)});
    parts_.give_to_others(parts_.outbound.withdraw(link));
}

void Greeter::settle_takeovers() {
    if (takeovers_.empty()) return;
    for (const Takeover& takeover : std::exchange(takeovers_, {})) {
        if (Instance* instance = parts_.registry.find(takeover.link))
            parts_.dispatch.lost(*instance, takeover.owed);
    }
    parts_.dispatch.rebalance();
}

void Greeter::refuse(std::string_view routing_id, const wire::Greeting& frame, const wire::Failure& failure) {
    ++parts_.counts.refused;
    parts_.outbound.send_now(routing_id, wire::Refusal{failure.code, failure.message});
    if (auto kept_back = refusal_limit_.pass(parts_.clock.now())) {
        parts_.log.warning("a service was refused", {{"service", frame.service},
                                                     {"version", frame.version},
                                                     {"why", failure.message},
                                                     {"not_logged", *kept_back}});
    }
}

}  // namespace fairlead::backplane
