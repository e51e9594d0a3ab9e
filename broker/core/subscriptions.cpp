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
                  const bool allowed = reply.state == HookReply::State::allowed;
                  finish(asker, std::move(*waiting), allowed ? &reply.answer : nullptr);
              });
}

void Subscriptions::finish(Client& client, Subscribe&& command, const wire::HookAnswer* answer) {
    wire::Failure without = has_place(client, command.channel);
    // It may have been revoked while a hook was asked.
    if (without.code == 0 && command.token) without = refused(client, command.channel, *command.token);
    if (without.code != 0) return edges_.fail(client.key, command.id, std::move(without));
    StreamStatePtr stream = stream_of(command.channel, command.recover);
    const bool recovered = stream && stream->recovered;
    if (command.recover && command.or_fail && !recovered)
        return edges_.fail(client.key, command.id, failure(Code::unrecoverable));
    const Row channel = insert(client, command.channel);
    std::optional<std::chrono::seconds> ttl;
    if (command.token) ttl = grants_.set(grant_key(client, channel), *command.token);
    if (answer != nullptr) take(*answer, grant_key(client, channel));
    // What is published from here on is posted behind this, so there is neither a hole nor a double.
    edges_.post(client.key.edge, Subscribed{client.key, command.id, std::move(command.channel),
                                            command.recover.has_value(), ttl, std::move(stream)});
}

// The client is not told of the time: it has no token to bring, and comes back by itself.
void Subscriptions::take(const wire::HookAnswer& answer, TokenGrants::Subscription subscription) {
    std::string info;
    if (!answer.info.empty() && !translator_.to_json(answer.info, info)) info.clear();
    grants_.set_by_hook(subscription, std::move(info), std::chrono::seconds(answer.expires_in));
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
    return revocations_.cover(token) ? failure(Code::denied, "the token is revoked") : wire::Failure{};
}

void Subscriptions::refresh(Client& client, SubRefresh&& command) {
    if (!subscribed(client, command.channel)) return edges_.fail(client.key, command.id, failure(Code::denied));
    const auto key = grant_key(client, channels_.find(command.channel));
    if (grants_.find(key) != TokenGrants::Source::subscription)
        return edges_.fail(client.key, command.id, failure(Code::not_available));
    wire::Failure wrong = refused(client, command.channel, *command.token);
    if (wrong.code != 0) return edges_.fail(client.key, command.id, std::move(wrong));
    const auto ttl = grants_.set(key, *command.token);
    edges_.post(client.key.edge, SubRefreshed{client.key, command.id, ttl});
}

void Subscriptions::unsubscribe(Client& client, Unsubscribe&& command) {
    if (subscribed(client, command.channel)) remove(client, channels_.find(command.channel));
    edges_.post(client.key.edge, Unsubscribed{client.key, command.id, std::move(command.channel)});
}

void Subscriptions::query(const Client& client, Query&& command) {
    const Subject subject = clients_.subject_of(client);
    wire::Failure denied = command.kind == Query::Kind::history
                               ? permissions_.client_sees_history(subject, command.channel)
                               : permissions_.client_sees_presence(subject, command.channel);
    if (denied.code == 0 && !subscribed(client, command.channel)) denied = failure(Code::denied);
    auto answer = std::make_unique<HistoryRead>();
    if (denied.code == 0) {
        denied = command.kind == Query::Kind::history
                     ? recovery_.read(permissions_.rules_of(command.channel), command, answer->stored)
                     : failure(Code::not_available);
    }
    if (denied.code != 0) return edges_.fail(client.key, command.id, std::move(denied));
    answer->client = client.key;
    answer->id = command.id;
    edges_.post(client.key.edge, std::move(answer));
}

StreamStatePtr Subscriptions::stream_of(std::string_view channel, const std::optional<Missed>& missed) const {
    if (!permissions_.any_history()) return nullptr;
    return recovery_.begin(permissions_.rules_of(channel), channel, missed);
}

void Subscriptions::add(Client& client, std::string_view channel) {
    client.channels.push_back(channels_.add(channel, client.key.edge));
}

void Subscriptions::add_granted(Client& client, std::string_view channel) {
    if (subscribed(client, channel)) return;
    grants_.set_by_connection(grant_key(client, insert(client, channel)));
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

void Subscriptions::follow(Client& client, const std::vector<std::string>& named, bool keep) {
    for (const Row channel : grants_.channels_by_connection(clients_.row_of(client))) {
        const bool stays = std::find(named.begin(), named.end(), channels_.name(channel)) != named.end();
        if (!keep && !stays) end(client, channel, wire::Unsubscribe::by_server, "not in the token any more");
    }
    for (const std::string& channel : named) {
        if (subscribed(client, channel)) continue;
        add_granted(client, channel);
        edges_.post(client.key.edge, Joined{client.key, channel, stream_of(channel, std::nullopt)});
    }
}

std::shared_ptr<const ClientInfo> Subscriptions::info_of(Client& client, std::string_view channel) {
    const std::shared_ptr<const ClientInfo>& plain = clients_.info_of(client);
    if (!grants_.has_infos()) return plain;
    const std::string_view info = grants_.info(grant_key(client, channels_.find(channel)));
    if (info.empty()) return plain;
    ClientInfo with = *plain;
    with.chan_info = info;
    return std::make_shared<const ClientInfo>(std::move(with));
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
    const bool by_token = source == TokenGrants::Source::subscription;
    const Verdict verdict = permissions_.client_subscribes(clients_.subject_of(client), name, by_token);
    // Without a hook that has to be asked, the rules decide. With one, what it said when the client subscribed still
    // holds; it is asked again when the client subscribes again.
    return verdict.ask ? grants_.allowed_by_hook(grant_key(client, channel)) : verdict.code == 0;
}

void Subscriptions::end(Client& client, Row channel, wire::Unsubscribe code, std::string_view reason) {
    edges_.post(client.key.edge, Dropped{client.key, channels_.name(channel), static_cast<std::uint16_t>(code),
                                         std::string(reason)});
    remove(client, channel);
}

bool Subscriptions::lose(Client& client, std::string_view channel) {
    if (!subscribed(client, channel)) return true;
    const Row row = channels_.find(channel);
    if (wire::is_user_channel(channel) ||
        grants_.find(grant_key(client, row)) == TokenGrants::Source::connection)
        return false;
    end(client, row, wire::Unsubscribe::insufficient_state, "insufficient state");
    return true;
}

void Subscriptions::revoke(const Target& target) {
    for (const TokenGrants::Subscription& one : grants_.find_all(target)) {
        end(clients_[one.first], one.second, wire::Unsubscribe::invalidated, "the token is revoked");
    }
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
