// SPDX-License-Identifier: Apache-2.0
#include "core/admission.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/recovery.h"
#include "wire/channel.h"
#include "wire/utf8.h"

namespace fairlead::core {
namespace {

constexpr std::uint16_t kNoClose = 1006;  // the connection ended without a word

/// A refresh hook that does not answer is asked again: its clients have come in, so a short fault need not
/// end them.
constexpr std::uint8_t kRefreshFaults = 5;
constexpr std::chrono::seconds kRefreshAgain{5};

bool has(const Connected& connected, const std::string& channel) {
    return std::any_of(connected.channels.begin(), connected.channels.end(),
                       [&](const Connected::Channel& each) { return each.name == channel; });
}

std::optional<Missed> place_in(const std::string& channel, const std::vector<Connect::Position>& positions) {
    for (const Connect::Position& each : positions) {
        if (each.channel == channel) return each.missed;
    }
    return std::nullopt;
}

std::string printable(std::string_view text) {
    return std::string(wire::truncate_utf8(text, 64));
}

}  // namespace

void Admission::connect(Connect&& command) {
    if (!make_place(command.client)) return;
    if (options_.hook.connect) return ask_hook(std::move(command));
    if (may_come_in(command)) come_in(clients_.reserve(command.client), std::move(command));
}

bool Admission::make_place(const ClientKey& key) {
    if (!clients_.valid(key)) {
        log_.error("a client with an impossible key is dropped", {{"edge", key.edge}, {"slot", key.slot}});
        return false;
    }
    Client* before = clients_.occupant(key);
    if (before == nullptr) return true;
    if (before->key == key) {
        log_.error("a second connect of one client is dropped", {{"edge", key.edge}, {"slot", key.slot}});
        return false;
    }
    forget(*before, kNoClose, {});
    return true;
}

bool Admission::may_come_in(const Connect& command) {
    if (!command.claims) {
        if (!options_.anonymous)
            edges_.close(command.client, wire::Close::permission_denied, "a token is required");
        return options_.anonymous;
    }
    std::optional<Fault> fault = fault_of(*command.claims);
    if (!fault && options_.user_limit == UserLimit::refuse && at_limit(command.claims->user))
        fault = Fault{wire::Close::connection_limit, "connection limit: the user has too many clients"};
    if (fault) edges_.close(command.client, fault->code, std::move(fault->why));
    return !fault;
}

std::optional<Admission::Fault> Admission::fault_of(const Claims& claims) const {
    const auto invalid = [](std::string why) {
        return Fault{wire::Close::invalid_token, "invalid token: " + why};
    };
    if (!claims.user.empty() && !wire::valid_user(claims.user))
        return invalid("the user id is longer than 250 bytes or has a character that ids cannot have");
    if (revocations_.cover(claims)) return invalid("revoked");
    if (claims.channels.size() > options_.max_subscriptions)
        return Fault{wire::Close::channel_limit, "channel limit: the token names too many"};
    for (const std::string& channel : claims.channels) {
        const wire::Failure denied = permissions_.token_subscribes(channel);
        if (denied.code != 0)
            return invalid("one of its channels is none that clients can have: " + denied.message);
    }
    return std::nullopt;
}

bool Admission::at_limit(std::string_view user) const {
    return options_.max_clients_per_user > 0 && !user.empty() &&
           clients_.count_of(user) >= options_.max_clients_per_user;
}

// `by_hook`: the claims, if there are any, are the connect hook's, so there is no token to refresh them with.
void Admission::come_in(Client& client, Connect&& command, bool by_hook) {
    const Claims claims = command.claims ? std::move(*command.claims) : Claims{};
    while (at_limit(claims.user))
        close(clients_.oldest_of(claims.user), wire::Close::connection_limit,
              "connection limit: the user has connected elsewhere");
    clients_.admit(client, claims.user);
    client.has_token = command.claims.has_value() && !by_hook;
    client.by_hook = by_hook && !claims.user.empty();
    client.hook_expires = by_hook && claims.expires.has_value();
    client.badge = permissions_.badge_of(claims);
    client.profile = Profile(command.address, claims.session, claims.info, command.meta);
    auto connected = std::make_unique<Connected>();
    connected->client = client.key;
    connected->id = command.id;
    connected->client_id = clients_.id_of(client);
    if (client.hook_expires) {
        expiry_.wait(client, clients_.row_of(client), *claims.expires - clock_.wall());
    } else {
        connected->ttl = expiry_.arm(client, clients_.row_of(client), claims.expires);
    }
    if (!claims.user.empty()) {
        const std::string own = wire::user_channel(claims.user);
        connected->channels.push_back(subscriptions_.add_own(client, own, place_in(own, command.positions)));
    }
    for (const std::string& channel : claims.channels) {
        if (has(*connected, channel)) continue;
        connected->channels.push_back(
            subscriptions_.add_granted(client, channel, place_in(channel, command.positions)));
    }
    subscriptions_.fit(*connected);
    edges_.post(client.key.edge, std::move(connected));
    subscriptions_.announce(client);
    sessions_.opened(client);
}

void Admission::ask_hook(Connect&& command) {
    Client& client = clients_.reserve(command.client);
    const auto waiting = std::make_shared<Connect>(std::move(command));
    const Claims none;
    const Claims& claims = waiting->claims ? *waiting->claims : none;
    std::string data;
    if (!waiting->data.bytes.empty()) translator_.to_msgpack(waiting->data.bytes, data);
    wire::HookQuestion question;
    question.has_token = waiting->claims.has_value();
    question.data = data;
    question.name = waiting->name;
    question.version = waiting->version;
    auto caller = std::make_shared<const Caller>(
        Caller{{}, claims.user, clients_.id_of(client), claims.session, waiting->address, waiting->meta});
    gate_.ask(client, wire::Hook::connect, {}, std::move(caller), question,
              [this, waiting, asked = clock_.wall()](Client& asker, const HookReply& reply) {
                  answered(asker, std::move(*waiting), asked, reply);
              });
}

void Admission::answered(Client& client, Connect&& command, base::Wall asked, const HookReply& reply) {
    if (reply.state != HookReply::State::allowed) return refuse(client, command.id, wire::Failure(reply.failure));
    const bool had_token = command.claims.has_value();
    if (!take(reply.answer, asked, command)) {
        log_.warning("the connect hook allows what cannot be", {{"user", printable(reply.answer.user)}});
        return refuse(client, command.id, wire::failure(wire::Code::internal));
    }
    if (!may_come_in(command)) return forget(client, kNoClose, {});
    come_in(client, std::move(command), !had_token);
    client.info_by_hook = !reply.answer.info.empty();
    client.meta_by_hook = !reply.answer.meta.empty();
    if (!reply.answer.labels.empty()) {
        client.hook_labels = std::make_unique<const std::vector<std::string>>(reply.answer.labels.begin(),
                                                                              reply.answer.labels.end());
    }
}

void Admission::refuse(Client& client, std::uint32_t id, wire::Failure&& failure) {
    edges_.post(client.key.edge, Failed{client.key, id, true, std::move(failure)});
    forget(client, kNoClose, {});
}

// A token goes before the hook where both say who it is; for all else the hook's word counts.
bool Admission::take(const wire::HookAnswer& answer, base::Wall asked, Connect& command) {
    const bool named = !answer.user.empty();
    if (named && !wire::valid_user(answer.user)) return false;
    if (command.claims && named && answer.user != command.claims->user) return false;
    if (!command.claims && !named && !options_.anonymous) return true;  // may_come_in() says why not
    for (const std::string_view channel : answer.channels) {
        if (permissions_.token_subscribes(channel).code != 0) return false;
    }
    if (!command.claims) {
        command.claims.emplace();
        command.claims->issued = asked;  // the hook may not know what was revoked meanwhile
    }
    Claims& claims = *command.claims;
    if (named) claims.user = answer.user;
    if (!answer.session.empty()) claims.session = answer.session;
    if (!answer.meta.empty()) command.meta = answer.meta;
    if (!answer.info.empty()) {
        claims.info.clear();
        if (!translator_.to_json(answer.info, claims.info)) return false;
    }
    claims.labels.insert(claims.labels.end(), answer.labels.begin(), answer.labels.end());
    claims.channels.insert(claims.channels.end(), answer.channels.begin(), answer.channels.end());
    if (answer.expires_in > 0) {
        const base::Wall until = clock_.wall() + std::chrono::seconds(answer.expires_in);
        claims.expires = std::min(claims.expires.value_or(until), until);
    }
    return true;
}

void Admission::refresh(Client& client, Refresh&& command) {
    if (!client.has_token) {
        return edges_.fail(client.key, command.id, wire::failure(wire::Code::not_available));
    }
    Claims& claims = *command.claims;
    if (claims.user != clients_.user_of(client)) {
        return close(client, wire::Close::invalid_token, "invalid token: it is another user's");
    }
    if (std::optional<Fault> fault = fault_of(claims))
        return close(client, fault->code, std::move(fault->why));
    // What the connect hook has said goes before what a token says, the next one too.
    const Profile& old = client.profile;
    clients_.set_profile(client, Profile(old.address(), old.session(),
                                         client.info_by_hook ? old.conn_info() : std::string_view(claims.info),
                                         client.meta_by_hook ? old.meta() : std::string_view(command.meta)));
    if (client.hook_labels)
        claims.labels.insert(claims.labels.end(), client.hook_labels->begin(), client.hook_labels->end());
    const auto ttl = expiry_.arm(client, clients_.row_of(client), claims.expires);
    edges_.post(client.key.edge, Refreshed{client.key, command.id, ttl});
    client.badge = permissions_.badge_of(claims);
    subscriptions_.recheck(client);
    // What the connect hook has granted beside the old token stays.
    subscriptions_.follow(client, claims.channels, options_.hook.connect);
}

void Admission::close(Client& client, std::uint16_t code, std::string reason) {
    edges_.close(client.key, code, reason);
    forget(client, code, reason);
}

void Admission::close(Client& client, wire::Close code, std::string reason) {
    close(client, static_cast<std::uint16_t>(code), std::move(reason));
}

void Admission::forget(Client& client, std::uint16_t code, std::string_view reason) {
    if (client.admitted) sessions_.gone(client, code, reason);
    gate_.forget(client);
    hooks_.cancel(client.refreshing);
    requests_.abandon_all(client);
    subscriptions_.drop_all(client);
    expiry_.disarm(client);
    clients_.remove(client);
}

void Admission::tick() {
    expiry_.tick([this](Row row) { time_over(clients_[row]); });
}

void Admission::time_over(Client& client) {
    if (!client.hook_expires || !options_.hook.refresh) return close(client, wire::Close::expired);
    const ClientKey key = client.key;
    const QuestionId id = hooks_.ask(wire::Hook::refresh, {}, clients_.caller_of(client),
                                     wire::HookQuestion(), [this, key](const HookReply& reply) {
                                         if (Client* asked = clients_.find(key)) refreshed(*asked, reply);
                                     });
    if (Client* asked = clients_.find(key); asked != nullptr && id != 0) asked->refreshing = id;
}

void Admission::refreshed(Client& client, const HookReply& reply) {
    client.refreshing = 0;
    if (reply.state == HookReply::State::refused) return close(client, wire::Close::expired);
    const bool fault = reply.state == HookReply::State::failed;
    if (fault && ++client.refresh_faults > kRefreshFaults) return close(client, wire::Close::expired);
    if (fault) return expiry_.wait(client, clients_.row_of(client), kRefreshAgain);
    client.refresh_faults = 0;
    if (reply.answer.expires_in > 0) {
        expiry_.wait(client, clients_.row_of(client), std::chrono::seconds(reply.answer.expires_in));
    }
    renew(client, reply.answer);
}

// What the answer does not name stays as it was.
void Admission::renew(Client& client, const wire::HookAnswer& answer) {
    const Profile& old = client.profile;
    std::string info;
    if (answer.info.empty() || !translator_.to_json(answer.info, info)) info = old.conn_info();
    const std::string_view meta = answer.meta.empty() ? old.meta() : answer.meta;
    clients_.set_profile(client, Profile(old.address(), old.session(), info, meta));
    if (answer.labels.empty()) return;
    auto badge = std::make_shared<Badge>(client.badge ? *client.badge : Badge());
    badge->labels.assign(answer.labels.begin(), answer.labels.end());
    client.badge = permissions_.renewed(clients_.user_of(client), badge);
    subscriptions_.recheck(client);
}

void Admission::recheck() {
    clients_.for_each([this](Client& client) {
        if (!client.admitted) return;  // it is judged when the hook has answered
        if (!client.has_token && !client.by_hook && !options_.anonymous)
            return close(client, wire::Close::permission_denied, "a token is required");
        client.badge = permissions_.renewed(clients_.user_of(client), client.badge);
        subscriptions_.recheck(client);
    });
}

}  // namespace fairlead::core
