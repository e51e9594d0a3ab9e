// SPDX-License-Identifier: Apache-2.0
#include "core/subscriptions.h"

#include <algorithm>
#include <utility>

#include "wire/channel.h"

namespace fairlead::core {

using wire::Code;
using wire::failure;

void Subscriptions::subscribe(Client& client, Subscribe&& command) {
    if (command.token) {
        wire::Failure wrong = refused(client, command.channel, *command.token);
        if (wrong.code != 0) return edges_.fail(client.key, command.id, std::move(wrong));
    }
    Verdict verdict = permissions_.client_subscribes(clients_.subject_of(client), command.channel,
                                                     command.token != nullptr);
    if (verdict.ask) return ask_hook(client, std::move(command), verdict.code != 0);
    if (verdict.code != 0) return edges_.fail(client.key, command.id, std::move(verdict));
    finish(client, std::move(command));
}

void Subscriptions::ask_hook(Client& client, Subscribe&& command, bool final) {
    wire::Failure without = has_place(client, command.channel);
    if (without.code != 0) return edges_.fail(client.key, command.id, std::move(without));
    std::string data;
    if (!command.data.bytes.empty()) translator_.to_msgpack(command.data.bytes, data);
    const auto waiting = std::make_shared<Subscribe>(std::move(command));
    wire::HookQuestion question;
    question.has_token = waiting->token != nullptr;
    question.channel = waiting->channel;
    question.data = data;
    gate_.ask(client, wire::Hook::subscribe, wire::namespace_of(waiting->channel), clients_.caller_of(client), question,
              [this, waiting, final](Client& asker, const HookReply& reply) {
                  if (!reply.lets(final)) return edges_.fail(asker.key, waiting->id, wire::Failure(reply.failure));
                  finish(asker, std::move(*waiting));
              });
}

void Subscriptions::finish(Client& client, Subscribe&& command) {
    wire::Failure without = has_place(client, command.channel);
    if (without.code != 0) return edges_.fail(client.key, command.id, std::move(without));
    const Row channel = insert(client, command.channel);
    std::optional<std::chrono::seconds> ttl;
    if (command.token) {
        ttl = grants_.set(grant_key(client, channel), TokenGrants::Source::subscription, command.token->expires);
    }
    // No channel keeps history yet, so what is asked to be recovered cannot be.
    edges_.post(client.key.edge,
                Subscribed{client.key, command.id, std::move(command.channel), command.recover, ttl});
}

wire::Failure Subscriptions::has_place(const Client& client, std::string_view channel) const {
    if (subscribed(client, channel)) return failure(Code::already_subscribed);
    if (client.own_channels >= options_.max_subscriptions)
        return failure(Code::limit_exceeded, "subscription limit reached");
    return {};
}

wire::Failure Subscriptions::refused(const Client& client, std::string_view channel,
                                     const SubscriptionClaims& token) const {
    if (token.user != clients_.user_of(client)) return failure(Code::denied, "the token is another user's");
    if (token.channel != channel) return failure(Code::denied, "the token is for another channel");
    if (!token.client.empty() && token.client != clients_.id_of(client))
        return failure(Code::denied, "the token is another client's");
    return {};
}

void Subscriptions::refresh(Client& client, SubRefresh&& command) {
    if (!subscribed(client, command.channel)) return edges_.fail(client.key, command.id, failure(Code::denied));
    const auto key = grant_key(client, channels_.find(command.channel));
    if (grants_.find(key) != TokenGrants::Source::subscription)
        return edges_.fail(client.key, command.id, failure(Code::not_available));
    wire::Failure wrong = refused(client, command.channel, *command.token);
    if (wrong.code != 0) return edges_.fail(client.key, command.id, std::move(wrong));
    const auto ttl = grants_.set(key, TokenGrants::Source::subscription, command.token->expires);
    edges_.post(client.key.edge, SubRefreshed{client.key, command.id, ttl});
}

void Subscriptions::unsubscribe(Client& client, Unsubscribe&& command) {
    if (subscribed(client, command.channel)) remove(client, channels_.find(command.channel));
    edges_.post(client.key.edge, Unsubscribed{client.key, command.id, std::move(command.channel)});
}

void Subscriptions::query(const Client& client, Query&& command) {
    const Code code = subscribed(client, command.channel) ? Code::not_available : Code::denied;
    edges_.fail(client.key, command.id, failure(code));
}

void Subscriptions::add(Client& client, std::string_view channel) {
    client.channels.push_back(channels_.add(channel, client.key.edge));
}

void Subscriptions::add_granted(Client& client, std::string_view channel) {
    if (subscribed(client, channel)) return;
    grants_.set(grant_key(client, insert(client, channel)), TokenGrants::Source::connection, std::nullopt);
}

Row Subscriptions::insert(Client& client, std::string_view channel) {
    add(client, channel);
    ++client.own_channels;
    return client.channels.back();
}

void Subscriptions::remove(Client& client, Row channel) {
    const auto found = std::find(client.channels.begin(), client.channels.end(), channel);
    *found = client.channels.back();
    client.channels.pop_back();
    if (!wire::is_user_channel(channels_.name(channel))) --client.own_channels;
    grants_.remove(grant_key(client, channel));
    channels_.remove(channel, client.key.edge);
}

void Subscriptions::drop_all(Client& client) {
    while (!client.channels.empty())
        remove(client, client.channels.back());
}

void Subscriptions::recheck(Client& client) {
    for (std::size_t i = client.channels.size(); i-- > 0;) {
        const Row channel = client.channels[i];
        if (!still_allowed(client, channel)) end(client, channel, wire::Unsubscribe::by_server, "not allowed any more");
    }
}

bool Subscriptions::still_allowed(const Client& client, Row channel) const {
    const std::string& name = channels_.name(channel);
    if (wire::is_user_channel(name)) return true;
    const auto source = grants_.find(grant_key(client, channel));
    if (source == TokenGrants::Source::connection) return permissions_.token_subscribes(name).code == 0;
    const Verdict verdict = permissions_.client_subscribes(clients_.subject_of(client), name, source.has_value());
    return verdict.ask || verdict.code == 0;  // a hook has let it in; it is asked again when the client subscribes again
}

void Subscriptions::end(Client& client, Row channel, wire::Unsubscribe code, std::string_view reason) {
    edges_.post(client.key.edge, Dropped{client.key, channels_.name(channel), static_cast<std::uint16_t>(code),
                                         std::string(reason)});
    remove(client, channel);
}

void Subscriptions::tick() {
    grants_.tick([this](const TokenGrants::Subscription& subscription) {
        end(clients_[subscription.first], subscription.second, wire::Unsubscribe::expired, "subscription expired");
    });
}

bool Subscriptions::subscribed(const Client& client, std::string_view channel) const {
    const Row row = channels_.find(channel);
    return row != kNoRow &&
           std::find(client.channels.begin(), client.channels.end(), row) != client.channels.end();
}

}  // namespace fairlead::core
