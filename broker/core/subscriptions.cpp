// SPDX-License-Identifier: Apache-2.0
#include "core/subscriptions.h"

#include <algorithm>
#include <utility>

#include "wire/channel.h"

namespace fairlead::core {

using wire::Code;
using wire::failure;

namespace {

constexpr std::size_t kAnnouncement = 160;  // of a join or leave on its way to one client, about

}  // namespace

void Subscriptions::subscribe(Client& client, Subscribe&& command) {
    if (command.token) {
        wire::Failure wrong = refused(client, command.channel, *command.token);
        if (wrong.code != 0) return edges_.fail(client.key, command.id, std::move(wrong));
    }
    const NamespaceOptions* presence = permissions_.presence_rules_of(command.channel);
    if (presence != nullptr && presence->join_leave && fanout_.too_high(fanout_.payer_of(client)))
        return edges_.fail(client.key, command.id, failure(Code::overloaded, "too many joins: subscribe less often"));
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
    count_recovery(command.recover.has_value(), stream);
    const bool recovered = stream && stream->recovered;
    if (command.recover && command.or_fail && !recovered)
        return edges_.fail(client.key, command.id, failure(Code::unrecoverable));
    const NamespaceOptions* presence = permissions_.presence_rules_of(command.channel);
    const bool join_leave = command.join_leave && presence != nullptr && presence->join_leave;
    const Row channel = insert(client, command.channel, stream);
    ++client.own_channels;
    std::optional<std::chrono::seconds> ttl;
    if (command.token) ttl = grants_.set(grant_key(client, channel), *command.token);
    if (answer != nullptr) take(*answer, grant_key(client, channel));
    // What is published from here on is posted behind this, so there is neither a hole nor a double.
    edges_.post(client.key.edge, Subscribed{client.key, command.id, std::move(command.channel),
                                            command.recover.has_value(), ttl, std::move(stream), join_leave});
    announce(client, channel);
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
    const bool history = command.kind == Query::Kind::history;
    wire::Failure denied = history ? permissions_.client_sees_history(subject, command.channel)
                                   : permissions_.client_sees_presence(subject, command.channel);
    if (denied.code == 0 && !subscribed(client, command.channel)) denied = failure(Code::denied);
    if (denied.code != 0) return edges_.fail(client.key, command.id, std::move(denied));
    history ? query_history(client, command) : query_presence(client, command);
}

void Subscriptions::query_history(const Client& client, const Query& command) {
    auto answer = std::make_unique<HistoryRead>();
    wire::Failure failed = recovery_.read(permissions_.rules_of(command.channel), command, answer->stored);
    if (failed.code != 0) return edges_.fail(client.key, command.id, std::move(failed));
    answer->client = client.key;
    answer->id = command.id;
    edges_.post(client.key.edge, std::move(answer));
}

void Subscriptions::query_presence(const Client& client, const Query& command) {
    const Row channel = channels_.find(command.channel);
    const Presence::Stats stats = presence_.stats(channel);
    if (command.kind == Query::Kind::presence_stats)
        return edges_.post(client.key.edge, PresenceCounted{client.key, command.id, stats.clients, stats.users});
    if (stats.clients > options_.max_presence) {
        return edges_.fail(client.key, command.id,
                           failure(Code::not_available, "too many to list: ask for presence_stats"));
    }
    auto answer = std::make_unique<PresenceRead>();
    answer->client = client.key;
    answer->id = command.id;
    for (const Row row : presence_.clients(channel))
        answer->clients.push_back(info_of(clients_[row], command.channel));
    for (ClientInfoPtr& info : presence_.leaving(channel))
        answer->clients.push_back(std::move(info));
    edges_.post(client.key.edge, std::move(answer));
}

// What comes of it, for a new subscriber: those who are there may be told first that they have lost something, and go.
StreamStatePtr Subscriptions::stream_of(std::string_view channel, const std::optional<Missed>& missed) {
    if (!permissions_.any_history()) return nullptr;
    if (const Row row = channels_.find(channel); row != kNoRow) positions_.look(row);
    return recovery_.begin(permissions_.rules_of(channel), channel, missed);
}

Connected::Channel Subscriptions::add_own(Client& client, const std::string& channel,
                                          const std::optional<Missed>& missed) {
    StreamStatePtr stream = stream_of(channel, missed);
    insert(client, channel, stream);
    return placed(channel, missed, std::move(stream));
}

Connected::Channel Subscriptions::add_granted(Client& client, const std::string& channel,
                                              const std::optional<Missed>& missed) {
    StreamStatePtr stream = stream_of(channel, missed);
    const Row row = insert(client, channel, stream);
    ++client.own_channels;
    grants_.set_by_connection(grant_key(client, row));
    return placed(channel, missed, std::move(stream));
}

Connected::Channel Subscriptions::placed(const std::string& channel, const std::optional<Missed>& missed,
                                         StreamStatePtr&& stream) const {
    const NamespaceOptions* presence = permissions_.presence_rules_of(channel);
    return {channel, missed.has_value(), std::move(stream), presence != nullptr && presence->join_leave};
}

// Else the reply would not fit into the client's queue, time and again.
void Subscriptions::fit(Connected& connected) {
    std::size_t bytes = 0;
    for (Connected::Channel& channel : connected.channels) {
        if (!channel.stream) continue;
        for (const PublicationPtr& each : channel.stream->publications)
            bytes += each->data.bytes.size();
        if (bytes > options_.max_recovered_bytes) give_up(*channel.stream);
        count_recovery(channel.was_recovering, channel.stream);
    }
}

void Subscriptions::count_recovery(bool was_recovering, const StreamStatePtr& stream) {
    if (was_recovering && stream) ++(stream->recovered ? recovered_ : unrecovered_);
}

void Subscriptions::count(Counts& counts) const {
    counts.recovered = recovered_;
    counts.unrecovered = unrecovered_;
}

Row Subscriptions::insert(Client& client, std::string_view channel, const StreamStatePtr& stream) {
    if (channels_.find(channel) == kNoRow) occupancy_.occupied(channel);
    const Row row = channels_.add(channel, client.key.edge);
    client.channels.push_back(row);
    if (stream && !channels_.place(row)) positions_.stands(row, {stream->top, stream->position.epoch});
    if (permissions_.presence_rules_of(channel) != nullptr) presence_.add(client, row);
    return row;
}

void Subscriptions::announce(Client& client) {
    for (const Row channel : client.channels)
        announce(client, channel);
}

void Subscriptions::announce(Client& client, Row channel) {
    const std::string& name = channels_.name(channel);
    const NamespaceOptions* rules = permissions_.presence_rules_of(name);
    if (rules == nullptr || !rules->join_leave) return;
    const ClientInfoPtr info = info_of(client, name);
    const std::uint32_t told = presence_.announce(channel, *rules, info);
    // The leave that follows it one day is paid for too.
    fanout_.charge(fanout_.payer_of(client), 2 * (kAnnouncement + info->conn_info.size() + info->chan_info.size()), told);
}

void Subscriptions::join(Client& client, const std::string& channel, StreamStatePtr&& stream) {
    const Row row = channels_.find(channel);
    const NamespaceOptions* presence = permissions_.presence_rules_of(channel);
    const bool join_leave = presence != nullptr && presence->join_leave;
    edges_.post(client.key.edge, Joined{client.key, channel, std::move(stream), join_leave});
    announce(client, row);
}

bool Subscriptions::subscribe_by_service(Client& client, const std::string& channel) {
    if (subscribed(client, channel)) return false;
    StreamStatePtr stream = stream_of(channel, std::nullopt);
    const Row row = insert(client, channel, stream);
    ++client.own_channels;
    grants_.set_by_service(grant_key(client, row));
    join(client, channel, std::move(stream));
    return true;
}

bool Subscriptions::unsubscribe_by_service(Client& client, const std::string& channel, std::uint16_t code,
                                           std::string_view reason) {
    if (!subscribed(client, channel)) return false;
    end(client, channels_.find(channel), code, reason);
    return true;
}

void Subscriptions::remove(Client& client, Row channel) {
    const auto found = std::find(client.channels.begin(), client.channels.end(), channel);
    *found = client.channels.back();
    client.channels.pop_back();
    const std::string& name = channels_.name(channel);
    if (!wire::is_user_channel(name)) --client.own_channels;
    if (const NamespaceOptions* rules = permissions_.presence_rules_of(name))
        presence_.remove(client, channel, *rules, rules->join_leave ? info_of(client, name) : nullptr);
    grants_.remove(grant_key(client, channel));
    if (channels_.has_one(channel)) occupancy_.vacated(name);
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
        if (!subscribed(client, channel)) join(client, channel, add_granted(client, channel, std::nullopt).stream);
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
    if (source == TokenGrants::Source::connection || source == TokenGrants::Source::service)
        return permissions_.token_subscribes(name).code == 0;
    const bool by_token = source == TokenGrants::Source::subscription;
    const Verdict verdict = permissions_.client_subscribes(clients_.subject_of(client), name, by_token);
    // Without a hook that has to be asked, the rules decide. With one, what it said when the client subscribed still
    // holds; it is asked again when the client subscribes again.
    return verdict.ask ? grants_.allowed_by_hook(grant_key(client, channel)) : verdict.code == 0;
}

void Subscriptions::end(Client& client, Row channel, wire::Unsubscribe code, std::string_view reason) {
    end(client, channel, static_cast<std::uint16_t>(code), reason);
}

void Subscriptions::end(Client& client, Row channel, std::uint16_t code, std::string_view reason) {
    edges_.post(client.key.edge, Dropped{client.key, channels_.name(channel), code, std::string(reason)});
    remove(client, channel);
}

bool Subscriptions::lose(Client& client, std::string_view channel) {
    if (!subscribed(client, channel)) return true;
    const Row row = channels_.find(channel);
    const auto source = grants_.find(grant_key(client, row));
    if (wire::is_user_channel(channel) || source == TokenGrants::Source::connection ||
        source == TokenGrants::Source::service)
        return false;
    end(client, row, wire::Unsubscribe::insufficient_state, "insufficient state");
    return true;
}

void Subscriptions::lose_all(Row channel, const std::function<void(Client&)>& close) {
    const std::string name = channels_.name(channel);
    clients_.for_each([&](Client& client) {
        if (std::find(client.channels.begin(), client.channels.end(), channel) == client.channels.end()) return;
        if (!lose(client, name)) close(client);
    });
}

void Subscriptions::count_present() {
    presence_.clear();
    clients_.for_each([this](const Client& client) {
        for (const Row channel : client.channels) {
            if (permissions_.presence_rules_of(channels_.name(channel)) != nullptr) presence_.add(client, channel);
        }
    });
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
