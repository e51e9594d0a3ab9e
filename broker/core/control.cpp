// SPDX-License-Identifier: Apache-2.0
#include "core/control.h"

#include <optional>
#include <utility>
#include <vector>

#include "wire/channel.h"

namespace fairlead::core {
namespace {

using wire::Code;

Reached refused(Code code, std::string message = {}) {
    return {wire::failure(code, std::move(message)), 0, 0, {}};
}

/// Nothing for a code that no service may close with.
std::optional<std::uint16_t> close_code(std::uint16_t code) {
    if (code == 0) return static_cast<std::uint16_t>(wire::Close::force_disconnect);
    if (code < 3000 || code > 4999) return std::nullopt;
    return code;
}

/// Of tokens, keys and sessions; users and clients have shorter ones.
constexpr std::size_t kMaxNameBytes = 1024;

Reached bad_code() {
    return refused(Code::bad_request, "close codes are 3000 to 4999");
}

}  // namespace

Reached Control::push(std::string_view client_id, Payload&& data) {
    Client* client = clients_.find(client_id);
    if (client == nullptr) return refused(Code::not_found, "no such client");
    if (!edges_.has_room(client->key.edge)) return refused(Code::overloaded);
    edges_.post(client->key.edge, Message{client->key, std::move(data)});
    return {{}, 1, 0, {}};
}

// At most once: an edge without room loses it.
Reached Control::push_user(std::string_view user, const Payload& data) {
    return for_each(Audience{{}, user}, [&](Client& client) {
        if (!edges_.has_room(client.key.edge)) return false;
        edges_.post(client.key.edge, Message{client.key, data});
        return true;
    });
}

Reached Control::subscribe(const Audience& audience, const std::string& channel) {
    wire::Failure wrong = permissions_.token_subscribes(channel);
    if (wrong.code != 0) return {std::move(wrong), 0, 0, {}};
    bool full = false;
    Reached reached = for_each(audience, [&](Client& client) {
        if (subscriptions_.has_room(client)) return subscriptions_.subscribe_by_service(client, channel);
        full = true;
        return false;
    });
    if (full && reached.clients == 0) return refused(Code::limit_exceeded, "subscription limit reached");
    return reached;
}

Reached Control::unsubscribe(const Audience& audience, const std::string& channel, std::uint16_t code,
                             std::string_view reason) {
    if (code == 0) code = static_cast<std::uint16_t>(wire::Unsubscribe::by_server);
    if (code < 2000 || code > 2999) return refused(Code::bad_request, "unsubscribe codes are 2000 to 2999");
    if (wire::is_user_channel(channel)) return refused(Code::denied, "clients of a user stay in the user's own channel");
    return for_each(audience, [&](Client& client) {
        return subscriptions_.unsubscribe_by_service(client, channel, code, reason);
    });
}

Reached Control::keep_state(std::string_view client_id, std::string_view state) {
    const Client* client = clients_.find(client_id);
    if (client == nullptr) return refused(Code::not_found, "no such client");
    return {sessions_.keep(*client, state), 1, 0, {}};
}

// `act` says whether the client counts. It may have other clients closed.
template <typename Do>
Reached Control::for_each(const Audience& audience, Do&& act) {
    std::vector<ClientKey> keys;
    const auto note = [&](const Client& client) { keys.push_back(client.key); };
    if (audience.client.empty()) {
        clients_.for_each_of(audience.user, note);
    } else if (const Client* client = clients_.find(audience.client)) {
        note(*client);
    }
    Reached reached;
    for (const ClientKey& key : keys) {
        if (Client* client = clients_.find(key)) reached.clients += act(*client) ? 1U : 0U;
    }
    return reached;
}

Reached Control::disconnect_client(std::string_view client_id, std::uint16_t code, std::string_view reason) {
    const std::optional<std::uint16_t> valid = close_code(code);
    if (!valid) return bad_code();
    Client* client = clients_.find(client_id);
    if (client == nullptr) return {};
    admission_.close(*client, *valid, std::string(reason));
    return {{}, 1, 0, {}};
}

Reached Control::disconnect_user(std::string_view user, std::uint16_t code, std::string_view reason) {
    const std::optional<std::uint16_t> valid = close_code(code);
    if (!valid) return bad_code();
    Reached reached;
    clients_.for_each_of(user, [&](Client& client) {
        ++reached.clients;
        admission_.close(client, *valid, std::string(reason));
    });
    return reached;
}

Reached Control::revoke(const Revocation& revocation) {
    const Target& target = revocation.target;
    if (target.name.empty()) return refused(Code::bad_request, "what is revoked has no name");
    if (target.name.size() > kMaxNameBytes || target.user.size() > kMaxNameBytes) {
        return refused(Code::bad_request, "what is revoked has too long a name");
    }
    if (!revocations_.add(revocation)) log_.warning("too many revocations: the first to end gave way", {});
    forget_answers(target);
    subscriptions_.revoke(target);
    const bool kick = target.kind == Target::Kind::client;
    const std::string reason(kick || !revocation.reason.empty() ? revocation.reason : "invalid token: revoked");
    Reached reached;
    for_each(target, [&](Client& client) {
        ++reached.clients;
        admission_.close(client, kick ? wire::Close::force_disconnect : wire::Close::invalid_token, reason);
    });
    return reached;
}

std::uint32_t Control::disconnect_key(std::string_view key_id) {
    const Target target{Target::Kind::key, key_id};
    std::uint32_t ended = 0;
    forget_answers(target);
    revocations_.withdraw(key_id);  // for those who are in a mailbox, or wait for a hook
    subscriptions_.revoke(target);
    for_each(target, [&](Client& client) {
        ++ended;
        admission_.close(client, wire::Close::invalid_token, "the key of its token is not accepted any more");
    });
    return ended;
}

/// What hooks have said must not let in again, nor grant, what is revoked. Answers do not tell by which token or key their
/// client came, only whom they are about.
void Control::forget_answers(const Target& target) {
    switch (target.kind) {
        case Target::Kind::client: return;  // never comes again
        case Target::Kind::user: return hooks_.forget(target.name);
        case Target::Kind::session: return hooks_.forget(target.user);
        case Target::Kind::key: return hooks_.forget_all();
        case Target::Kind::token: break;
    }
    for_each(target, [this](const Client& client) { hooks_.forget(clients_.user_of(client)); });
}

template <typename End>
void Control::for_each(const Target& target, End&& end) {
    if (target.kind == Target::Kind::user) return clients_.for_each_of(target.name, end);
    if (target.kind == Target::Kind::client) {
        if (Client* client = clients_.find(target.name)) end(*client);
        return;
    }
    clients_.for_each([&](Client& client) {
        if (means(target, client)) end(client);
    });
}

bool Control::means(const Target& target, const Client& client) const {
    if (target.kind == Target::Kind::session) {
        return client.profile.session() == target.name && clients_.user_of(client) == target.user;
    }
    if (!client.badge) return false;
    return (target.kind == Target::Kind::key ? client.badge->key_id : client.badge->token_id) == target.name;
}

void Control::disconnect_all(std::uint16_t code, std::string_view reason) {
    clients_.for_each([&](Client& client) { admission_.close(client, code, std::string(reason)); });
}

void Control::lagged(Client& client, Lagged&& command) {
    if (!command.recover) {
        return log_.warning("a client does not read", {{"user", clients_.user_of(client)},
                                                       {"client", clients_.id_of(client)},
                                                       {"channel", command.channel},
                                                       {"policy", to_string(command.act)},
                                                       {"queued_bytes", command.bytes},
                                                       {"age_ms", command.age.count()},
                                                       {"dropped", command.dropped}});
    }
    if (!subscriptions_.lose(client, command.channel)) end_for_gap(client);
}

void Control::lost(Row channel) {
    log_.warning("the stream of a channel was lost: its subscribers begin anew",
                 {{"channel", subscriptions_.name_of(channel)}});
    subscriptions_.lose_all(channel, [this](Client& client) { end_for_gap(client); });
}

void Control::end_for_gap(Client& client) {
    admission_.close(client, wire::Close::insufficient_state);
}

}  // namespace fairlead::core
