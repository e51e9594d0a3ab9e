// SPDX-License-Identifier: Apache-2.0
#include "edge/session.h"

#include <algorithm>
#include <utility>

#include "edge/connection.h"
#include "edge/json/compact.h"
#include "edge/json/from_msgpack.h"
#include "edge/json/reply.h"
#include "edge/payload_json.h"
#include "edge/publication_json.h"

namespace fairlead::edge {
namespace {

constexpr std::size_t kMaxNameBytes = 16;
constexpr std::size_t kMaxVersionBytes = 64;

std::uint32_t seconds(std::optional<std::chrono::seconds> ttl) {
    return ttl ? static_cast<std::uint32_t>(ttl->count()) : 0;
}

constexpr std::int64_t kUnrecoverableFails = 2;  // bit of `flag`

core::Missed missed(std::uint64_t offset, std::string_view epoch) { return {offset, std::string(epoch)}; }

// What the result of a subscription says of its stream. `publications` are of the same stream, and hold as long as the
// result.
json::SubscribeResult stream_result(const core::StreamStatePtr& stream, const PublicationsJson& publications,
                                    bool was_recovering) {
    json::SubscribeResult result;
    result.was_recovering = was_recovering;
    if (!stream) return result;
    result.recoverable = stream->recoverable;
    result.positioned = true;
    result.epoch = stream->position.epoch;
    result.offset = stream->position.offset;
    result.recovered = stream->recovered;
    result.publications = publications.views();
    return result;
}

PublicationsJson publications_of(const core::StreamStatePtr& stream) {
    static const std::vector<core::PublicationPtr> none;
    return PublicationsJson(stream ? stream->publications : none);
}

core::Payload json_payload(const json::RawValue& value) {
    core::Payload payload;
    if (value.spaced) {
        json::compact(value.json, payload.bytes);
    } else {
        payload.bytes = value.json;
    }
    return payload;
}

}  // namespace

Session::Session(Context& context, Connection& connection, core::ClientKey key)
    : context_(context), connection_(connection), key_(key), commands_(context.options.commands, context.now) {}

void Session::receive(std::string_view message) {
    std::string_view rest = message;
    json::Command command;
    std::size_t count = 0;
    do {
        if (++count > context_.options.max_commands_per_message)
            return close(wire::Close::bad_request, "too many commands in one message");
        if (state_ == State::refused || !connection_.open()) return;
        switch (context_.decoder.next(rest, command)) {
            case json::Verdict::malformed: return close(wire::Close::bad_request, "malformed message");
            case json::Verdict::bad_utf8: return close(wire::Close::bad_utf8);
            case json::Verdict::refused: refuse(command); break;
            case json::Verdict::ok: handle(command); break;
        }
    } while (!rest.empty());
}

// Grammatical, but holds a value that is not carried.
void Session::refuse(const json::Command& command) {
    if (state_ == State::fresh && command.kind != json::Kind::connect) {
        return close(wire::Close::bad_request, "connect must come first");
    }
    if (!allowed_by_rate(command)) return;
    if (state_ == State::fresh) state_ = State::refused;
    if (command.id != 0) fail(command.id, wire::Code::bad_request);
}

void Session::handle(const json::Command& command) {
    using json::Kind;
    ++context_.counts.commands;
    if (state_ == State::fresh && command.kind != Kind::connect) {
        return close(wire::Close::bad_request, "connect must come first");
    }
    if (command.kind == Kind::pong) return pong();
    if (!allowed_by_rate(command) || !core_has_room(command)) return;
    switch (command.kind) {
        case Kind::connect: return connect(command);
        case Kind::subscribe: return subscribe(command);
        case Kind::unsubscribe:
            if (needs_channel(command)) post(core::Unsubscribe{key_, command.id, std::string(command.channel)});
            return;
        case Kind::publish: return publish(command);
        case Kind::rpc: return call(command);
        case Kind::send: return send(command);
        case Kind::refresh: return refresh(command);
        case Kind::presence: return query(command, core::Query::Kind::presence);
        case Kind::presence_stats: return query(command, core::Query::Kind::presence_stats);
        case Kind::history: return query(command, core::Query::Kind::history);
        case Kind::sub_refresh: return sub_refresh(command);
        case Kind::ping: return fail(command.id, wire::Code::not_available);
        case Kind::pong:
        case Kind::unknown: return close(wire::Close::bad_request, "unknown command");
    }
}

void Session::pong() {
    if (!connection_.pong()) close(wire::Close::bad_request, "pong without a ping");
}

// Over the rate a command is answered with 111; a client that goes on all the same is closed.
bool Session::allowed_by_rate(const json::Command& command) {
    if (commands_.take(context_.options.commands, context_.now)) {
        refused_commands_ = 0;
        return true;
    }
    if (++refused_commands_ > context_.options.commands.burst) {
        close(wire::Close::too_many_requests);
    } else if (command.id != 0) {
        fail(command.id, wire::Code::overloaded);
    }
    return false;
}

// When core is far behind, what can be refused is; what keeps its books right is not.
bool Session::core_has_room(const json::Command& command) {
    using json::Kind;
    if (context_.core.has_room() || command.kind == Kind::connect || command.kind == Kind::unsubscribe) return true;
    if (command.id != 0) fail(command.id, wire::Code::overloaded);
    return false;
}

bool Session::needs_channel(const json::Command& command) {
    if (command.channel.empty()) close(wire::Close::bad_request, "a channel is missing");
    return !command.channel.empty();
}

void Session::connect(const json::Command& command) {
    if (state_ != State::fresh) return close(wire::Close::bad_request, "second connect");
    auto ask = std::make_unique<core::Connect>();
    const std::string url_token = connection_.take_url_token();
    const std::string_view token = command.token.empty() ? std::string_view(url_token) : command.token;
    if (!token.empty()) {
        if (!may_verify()) {
            state_ = State::refused;
            return fail(command.id, wire::Code::overloaded);
        }
        core::TokenResult result = verify(token);
        if (!result.claims && result.fault == core::TokenFault::invalid) {
            return close(wire::Close::invalid_token, "invalid token: " + result.why);
        }
        if (!result.claims) {
            state_ = State::refused;
            return fail(command.id, wire::Code::expired);
        }
        if (!result.claims->meta.empty()) context_.to_msgpack.append(result.claims->meta, ask->meta);
        ask->claims = std::move(result.claims);
    } else if (std::string user = connection_.certified_user(); !user.empty()) {
        ask->claims.emplace().user = std::move(user);
    }
    ask->client = key_;
    ask->id = command.id;
    ask->address = connection_.address();
    if (command.data.present()) ask->data = json_payload(command.data);
    ask->name = command.name.substr(0, kMaxNameBytes);
    ask->version = command.version.substr(0, kMaxVersionBytes);
    for (const json::Position& sub : command.subs) {
        if (sub.recover) ask->positions.push_back({std::string(sub.channel), missed(sub.offset, sub.epoch)});
    }
    state_ = State::connecting;
    known_to_core_ = true;
    post(std::move(ask));
    connection_.went_on();
}

bool Session::may_verify() { return context_.admission.may_verify(connection_.peer(), context_.now); }

core::TokenResult Session::verify(std::string_view token) {
    const base::Steady now = context_.clock.now();  // before: a key that goes meanwhile is not missed
    core::TokenResult result = context_.tokens.verify(token, context_.clock.wall());
    if (result.claims) result.claims->verified = now;
    if (!result.claims) context_.admission.verification_failed(connection_.peer(), context_.now);
    return result;
}

void Session::subscribe(const json::Command& command) {
    if (!needs_channel(command)) return;
    if (!command.delta.empty() && command.delta != "fossil") return close(wire::Close::bad_request, "unknown delta");
    if (command.type != 0) return fail(command.id, wire::Code::not_available);
    if (command.filter.present()) return fail(command.id, wire::Code::bad_request, "tag filters are not enabled");
    std::unique_ptr<core::SubscriptionClaims> token;
    if (!command.token.empty() && !(token = subscription_token(command))) return;
    core::Payload data;
    if (command.data.present()) data = json_payload(command.data);
    std::optional<core::Missed> recover;
    if (command.recover) recover = missed(command.offset, command.epoch);
    post(core::Subscribe{key_, command.id, std::string(command.channel), std::move(recover), std::move(token),
                         std::move(data), (command.flag & kUnrecoverableFails) != 0, command.join_leave});
}

void Session::sub_refresh(const json::Command& command) {
    if (!needs_channel(command)) return;
    if (command.token.empty()) return close(wire::Close::bad_request, "a token is missing");
    auto token = subscription_token(command);
    if (token) post(core::SubRefresh{key_, command.id, std::string(command.channel), std::move(token)});
}

std::unique_ptr<core::SubscriptionClaims> Session::subscription_token(const json::Command& command) {
    if (!may_verify()) {
        fail(command.id, wire::Code::overloaded);
        return nullptr;
    }
    const base::Steady now = context_.clock.now();
    auto result = context_.tokens.verify_subscription(command.token, context_.clock.wall());
    if (result.claims) result.claims->verified = now;
    if (!result.claims) context_.admission.verification_failed(connection_.peer(), context_.now);
    if (result.claims) return std::make_unique<core::SubscriptionClaims>(std::move(*result.claims));
    if (result.fault == core::TokenFault::expired) {
        fail(command.id, wire::Code::expired);
    } else {
        fail(command.id, wire::Code::denied, "invalid token: " + result.why);
    }
    return nullptr;
}

void Session::publish(const json::Command& command) {
    if (!needs_channel(command)) return;
    if (command.type != 0 || !command.key.empty() || command.removed) {
        return fail(command.id, wire::Code::not_available);
    }
    if (!command.data.present()) return fail(command.id, wire::Code::bad_request, "data is missing");
    post(core::Publish{key_, command.id, std::string(command.channel), json_payload(command.data)});
}

void Session::call(const json::Command& command) {
    post(core::Call{key_, command.id, std::string(command.method), to_msgpack(command.data)});
}

void Session::send(const json::Command& command) { post(core::Send{key_, to_msgpack(command.data)}); }

void Session::refresh(const json::Command& command) {
    if (command.token.empty()) return close(wire::Close::bad_request, "a token is missing");
    if (!may_verify()) return fail(command.id, wire::Code::overloaded);
    core::TokenResult result = verify(command.token);
    if (!result.claims && result.fault == core::TokenFault::invalid) {
        return close(wire::Close::invalid_token, "invalid token: " + result.why);
    }
    if (!result.claims) return fail(command.id, wire::Code::expired);
    core::Refresh ask{key_, command.id, std::make_unique<core::Claims>(std::move(*result.claims)), {}};
    if (!ask.claims->meta.empty()) context_.to_msgpack.append(ask.claims->meta, ask.meta);
    post(std::move(ask));
}

void Session::query(const json::Command& command, core::Query::Kind kind) {
    if (!needs_channel(command)) return;
    core::Query query{key_, command.id, kind, std::string(command.channel)};
    if (command.since) query.since = missed(command.offset, command.epoch);
    query.limit = command.limit;
    query.reverse = command.reverse;
    post(std::move(query));
}

// The decoder has let through only what has a translation.
std::string Session::to_msgpack(const json::RawValue& value) {
    std::string bytes;
    if (value.present()) context_.to_msgpack.append(value.json, bytes);
    return bytes;
}

void Session::on(core::Connected&& message) {
    if (state_ != State::connecting) return;
    state_ = State::connected;
    std::vector<json::ChannelResult> subs;
    std::deque<PublicationsJson> publications;
    for (const core::Connected::Channel& channel : message.channels) {
        context_.channels.subscribe(*this, channel.name, true, channel.join_leave);
        publications.push_back(publications_of(channel.stream));
        subs.push_back({channel.name, stream_result(channel.stream, publications.back(), channel.was_recovering)});
    }
    json::ConnectResult result;
    result.client = message.client_id;
    result.version = context_.version;
    result.expires = message.ttl.has_value();
    result.ttl = seconds(message.ttl);
    result.subs = subs;
    result.ping = static_cast<std::uint32_t>(
        std::chrono::ceil<std::chrono::seconds>(context_.options.ping_interval).count());
    result.pong = true;
    context_.text.clear();
    json::append_connect(context_.text, message.id, result);
    connection_.send_text(context_.text);
    if (connection_.open()) connection_.start_heartbeat();  // a large result may have shown that the peer has gone
}

void Session::on(core::Subscribed&& message) {
    context_.channels.subscribe(*this, message.channel, false, message.join_leave);
    const PublicationsJson publications = publications_of(message.stream);
    json::SubscribeResult result = stream_result(message.stream, publications, message.was_recovering);
    result.expires = message.ttl.has_value();
    result.ttl = seconds(message.ttl);
    context_.text.clear();
    json::append_subscribe(context_.text, message.id, result);
    connection_.send_text(context_.text);
}

void Session::on(core::Joined&& message) {
    context_.channels.subscribe(*this, message.channel, true, message.join_leave);
    context_.text.clear();
    json::SubscribePush push;
    if (message.stream) {
        push.recoverable = message.stream->recoverable;
        push.positioned = true;
        push.epoch = message.stream->position.epoch;
        push.offset = message.stream->position.offset;
    }
    json::append_subscribe_push(context_.text, message.channel, push);
    connection_.send_text(context_.text);
}

void Session::on(core::Unsubscribed&& message) {
    std::uint64_t channel = context_.channels.unsubscribe(*this, message.channel);
    if (channel != 0) connection_.withdraw(channel);
    context_.text.clear();
    json::append_unsubscribe(context_.text, message.id);
    connection_.send_text(context_.text);
}

void Session::on(core::Published&& message) {
    context_.text.clear();
    json::append_publish(context_.text, message.id);
    connection_.send_text(context_.text);
}

void Session::on(core::Answered&& message) {
    std::string data;
    if (!message.payload.empty()) {
        json::NoJson reason = json::append_json(message.payload, data);
        if (reason != json::NoJson::none) {
            context_.log.warning("reply has no JSON form", {{"reason", json::to_string(reason)}});
            // As when a handler throws: asked again it would answer the same.
            wire::Failure failure = wire::failure(wire::Code::internal, "the reply has no JSON form");
            failure.temporary = false;
            return on(core::Failed{message.client, message.id, false, std::move(failure)});
        }
    }
    context_.text.clear();
    json::append_rpc(context_.text, message.id, data);
    connection_.send_text(context_.text);
}

void Session::on(core::Refreshed&& message) {
    json::RefreshResult result;
    result.version = context_.version;
    result.expires = message.ttl.has_value();
    result.ttl = seconds(message.ttl);
    context_.text.clear();
    json::append_refresh(context_.text, message.id, result);
    connection_.send_text(context_.text);
}

void Session::on(core::SubRefreshed&& message) {
    context_.text.clear();
    json::append_sub_refresh(context_.text, message.id, message.ttl.has_value(), seconds(message.ttl));
    connection_.send_text(context_.text);
}

void Session::on(core::HistoryRead&& message) {
    const PublicationsJson publications(message.stored.publications);
    json::HistoryResult result;
    result.publications = publications.views();
    result.epoch = message.stored.top.epoch;
    result.offset = message.stored.top.offset;
    context_.text.clear();
    json::append_history(context_.text, message.id, result);
    connection_.send_text(context_.text);
}

void Session::on(core::PresenceRead&& message) {
    std::vector<json::ClientInfo> clients;
    for (const auto& each : message.clients)
        clients.push_back(info_json(*each));
    context_.text.clear();
    json::append_presence(context_.text, message.id, clients);
    connection_.send_text(context_.text);
}

void Session::on(core::PresenceCounted&& message) {
    context_.text.clear();
    json::append_presence_stats(context_.text, message.id, message.clients, message.users);
    connection_.send_text(context_.text);
}

void Session::on(core::Dropped&& message) {
    std::uint64_t channel = context_.channels.unsubscribe(*this, message.channel);
    if (channel != 0) connection_.withdraw(channel);
    context_.text.clear();
    json::append_unsubscribe_push(context_.text, message.channel, message.code, message.reason);
    connection_.send_text(context_.text);
}

void Session::on(core::Failed&& message) {
    if (message.connect) state_ = State::refused;
    context_.text.clear();
    json::append_error(context_.text, message.id, message.failure.code, message.failure.message,
                       message.failure.temporary);
    connection_.send_text(context_.text);
}

void Session::on(core::Message&& message) {
    std::string scratch;
    std::string_view data = json_of(message.data, scratch);
    if (data.empty()) {
        ++context_.counts.undeliverable;
        return context_.log.warning("push has no JSON form", {{"address", connection_.address()}});
    }
    context_.text.clear();
    json::append_message_push(context_.text, data);
    connection_.send_text(context_.text);
}

void Session::on(core::CloseClient&& message) { connection_.close(message.code, message.reason); }

void Session::end(std::uint16_t code, std::string_view reason) {
    if (state_ == State::ended) return;
    state_ = State::ended;
    context_.channels.unsubscribe_all(*this);
    if (known_to_core_) post(core::Disconnected{key_, code, std::string(reason)});
}

void Session::fail(std::uint32_t id, wire::Code code, std::string_view message) {
    wire::Failure failure = wire::failure(code, std::string(message));
    context_.text.clear();
    json::append_error(context_.text, id, failure.code, failure.message, failure.temporary);
    connection_.send_text(context_.text);
}

void Session::close(wire::Close code, std::string_view reason) {
    connection_.close(static_cast<std::uint16_t>(code), reason);
}

void Session::post(core::FromEdge&& message) { context_.core.post(std::move(message)); }

}  // namespace fairlead::edge
