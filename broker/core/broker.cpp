// SPDX-License-Identifier: Apache-2.0
#include "core/broker.h"

#include <utility>

#include "core/admission.h"
#include "core/control.h"
#include "core/inquiries.h"
#include "core/publisher.h"
#include "core/requests.h"
#include "core/subscriptions.h"

namespace fairlead::core {

/// Its parts stand in the order in which they need each other. Called with a command, it finds the client and
/// hands both on; what comes of an unknown client is dropped.
struct Broker::Impl {
    Impl(Options&& o, Ports&& p)
        : options(std::move(o)),
          services(p.services),
          history(p.history),
          ids(p.random),
          permissions(options),
          revocations(p.clock),
          edges(p.edges),
          clients(edges.size(), ids),
          channels(edges.size(), ids.hash()),
          fanout(options, p.clock, clients),
          positions(p.clock, p.history, channels),
          presence(options, p, edges, clients, channels),
          teller(p),
          occupancy(options, p, channels, teller),
          sessions(options, p, clients, teller),
          requests(options, p, permissions, edges, clients, ids),
          hooks(options, p, requests),
          gate(options, hooks, edges, clients),
          subscriptions(options, p, permissions, revocations, edges, clients, channels, gate,
                        positions, presence, occupancy, fanout),
          publisher(p, permissions, edges, clients, channels, subscriptions, gate, positions, fanout),
          admission(options, p, permissions, revocations, edges, clients, subscriptions, requests, hooks,
                    gate, sessions),
          control(p, permissions, edges, clients, subscriptions, revocations, hooks, admission, sessions),
          inquiries(options, p, permissions, clients, channels, presence, subscriptions, sessions,
                    [this] { return counts(); }) {
        gate.attach([this](FromEdge&& command) { std::visit(*this, std::move(command)); });
        requests.on_inquiry([this](wire::InquiryKind kind, std::string_view payload) {
            return inquiries.answer(kind, payload);
        });
        positions.attach([this](Row channel) { control.lost(channel); });
    }

    Counts counts() const {
        Counts all;
        all.clients = clients.size();
        all.users = clients.users();
        all.channels = channels.size();
        all.calls = requests.size();
        all.late_outcomes = requests.late_outcomes();
        publisher.count(all);
        subscriptions.count(all);
        all.deliveries = edges.deliveries();
        return all;
    }

    void operator()(std::unique_ptr<Connect>&& command) { admission.connect(std::move(*command)); }
    template <typename Command>
    void operator()(Command&& command) {
        Client* client = clients.find(command.client);
        if (client == nullptr) return;
        if (Gate::waits(*client)) return gate.hold(*client, FromEdge(std::move(command)));
        handle(*client, std::move(command));
    }
    void operator()(Disconnected&& command) {
        if (Client* client = clients.find(command.client)) admission.forget(*client, command.code, command.reason);
    }

    void operator()(Lagged&& command) {
        if (Client* client = clients.find(command.client)) control.lagged(*client, std::move(command));
    }

    void handle(Client& client, Subscribe&& command) { subscriptions.subscribe(client, std::move(command)); }
    void handle(Client& client, Unsubscribe&& command) {
        subscriptions.unsubscribe(client, std::move(command));
    }
    void handle(Client& client, Publish&& command) { publisher.publish(client, std::move(command)); }
    void handle(Client& client, Call&& command) { requests.call(client, std::move(command)); }
    void handle(Client& client, Refresh&& command) { admission.refresh(client, std::move(command)); }
    void handle(Client& client, SubRefresh&& command) { subscriptions.refresh(client, std::move(command)); }
    void handle(Client& client, Query&& command) { subscriptions.query(client, std::move(command)); }
    void handle(Client& client, Send&& command) {
        if (permissions.client_sends().code != 0) return admission.close(client, wire::Close::not_available);
        services.emit(
            Event{options.send_topic, clients.caller_of(client), {}, {}, std::move(command.payload)});
    }

    Options options;  // the parts refer to it
    Services& services;
    History& history;
    Ids ids;
    Permissions permissions;
    Revocations revocations;
    Edges edges;
    Clients clients;
    Channels channels;
    Fanout fanout;
    Positions positions;
    Presence presence;
    Teller teller;
    Occupancy occupancy;
    Sessions sessions;
    Requests requests;
    Hooks hooks;
    Gate gate;
    Subscriptions subscriptions;
    Publisher publisher;
    Admission admission;
    Control control;
    Inquiries inquiries;
};

Broker::Broker(Options options, Ports ports)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(ports))) {}
Broker::~Broker() = default;

const std::string& Broker::boot() const noexcept {
    return impl_->ids.boot();
}
const std::string& Broker::tag() const noexcept {
    return impl_->ids.tag();
}

void Broker::handle(FromEdge&& message) {
    std::visit(*impl_, std::move(message));
}

void Broker::settle(CallId call, Outcome&& outcome) {
    impl_->requests.settle(call, std::move(outcome));
}
void Broker::call(LinkId link, Request&& request) {
    impl_->requests.call(link, std::move(request));
}
void Broker::abandon(LinkId link, CallId call) {
    impl_->requests.abandon(link, call);
}
void Broker::abandon_all(LinkId link) {
    impl_->requests.abandon_all(link);
}

Reached Broker::publish(Publication&& publication, const Once& once) {
    return impl_->publisher.publish(std::move(publication), once);
}

Reached Broker::push(std::string_view client_id, Payload&& data) {
    return impl_->control.push(client_id, std::move(data));
}
Reached Broker::push_user(std::string_view user, const Payload& data) {
    return impl_->control.push_user(user, data);
}
Reached Broker::subscribe(const Audience& audience, const std::string& channel) {
    return impl_->control.subscribe(audience, channel);
}
Reached Broker::unsubscribe(const Audience& audience, const std::string& channel, std::uint16_t code,
                            std::string_view reason) {
    return impl_->control.unsubscribe(audience, channel, code, reason);
}
Reached Broker::keep_state(std::string_view client_id, std::string_view state) {
    return impl_->control.keep_state(client_id, state);
}
Reached Broker::disconnect_client(std::string_view client_id, std::uint16_t code, std::string_view reason) {
    return impl_->control.disconnect_client(client_id, code, reason);
}
Reached Broker::disconnect_user(std::string_view user, std::uint16_t code, std::string_view reason) {
    return impl_->control.disconnect_user(user, code, reason);
}
Reached Broker::revoke(const Revocation& revocation) {
    return impl_->control.revoke(revocation);
}
std::uint32_t Broker::disconnect_key(std::string_view key_id) {
    return impl_->control.disconnect_key(key_id);
}

void Broker::reload(Options options) {
    Permissions permissions(options);
    impl_->permissions = std::move(permissions);
    impl_->options = std::move(options);
    impl_->hooks.forget_all();
    impl_->history.forget_others([this](std::string_view channel) {
        const NamespaceOptions* rules = impl_->permissions.rules_of(channel);
        return rules != nullptr && rules->history_size > 0;
    });
    impl_->subscriptions.count_present();
    impl_->admission.recheck();
}

void Broker::disconnect_all(std::uint16_t code, std::string_view reason) {
    impl_->control.disconnect_all(code, reason);
}

void Broker::tick() {
    impl_->requests.tick();
    impl_->admission.tick();
    impl_->subscriptions.tick();
    impl_->fanout.tick();
    impl_->positions.tick();
    impl_->presence.tick();
    impl_->occupancy.tick();
    impl_->sessions.tick();
}

SnapshotPage Broker::snapshot(Subjects subjects, std::uint64_t from, std::size_t max_events) {
    switch (subjects) {
        case Subjects::sessions: return impl_->sessions.sessions(from, max_events);
        case Subjects::users: return impl_->sessions.users(from, max_events);
        case Subjects::channels: break;
    }
    return impl_->occupancy.channels(from, max_events);
}

Counts Broker::counts() const {
    return impl_->counts();
}

}  // namespace fairlead::core
