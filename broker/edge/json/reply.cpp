// SPDX-License-Identifier: Apache-2.0
#include "edge/json/reply.h"

#include "edge/json/writer.h"

namespace fairlead::edge::json {
namespace {

void append(std::string& out, const ClientInfo& info) {
    ObjectWriter object(out);
    object.text_always("user", info.user);
    object.text_always("client", info.client);
    object.raw("conn_info", info.conn_info);
    object.raw("chan_info", info.chan_info);
}

void append(std::string& out, std::span<const Tag> tags) {
    ObjectWriter object(out);
    for (const auto& [name, value] : tags)
        append_string(object.text_key(name), value);
}

void append(std::string& out, const Publication& publication) {
    ObjectWriter object(out);
    object.raw("data", publication.data);
    if (publication.info != nullptr) append(object.key("info"), *publication.info);
    object.number("offset", publication.offset);
    if (!publication.tags.empty()) append(object.key("tags"), publication.tags);
    object.flag("delta", publication.delta);
    object.number("time", publication.time);
    object.text("channel", publication.channel);
}

void append(std::string& out, std::span<const Publication> publications) {
    out += '[';
    for (const Publication& publication : publications) {
        if (&publication != publications.data()) out += ',';
        append(out, publication);
    }
    out += ']';
}

void append(std::string& out, const SubscribeResult& result) {
    ObjectWriter object(out);
    object.flag("expires", result.expires);
    object.number("ttl", result.ttl);
    object.flag("recoverable", result.recoverable);
    object.text("epoch", result.epoch);
    if (!result.publications.empty()) append(object.key("publications"), result.publications);
    object.flag("recovered", result.recovered);
    object.number("offset", result.offset);
    object.flag("positioned", result.positioned);
    object.raw("data", result.data);
    object.flag("was_recovering", result.was_recovering);
    object.flag("delta", result.delta);
}

void append(std::string& out, std::span<const ChannelResult> subs) {
    ObjectWriter object(out);
    for (const ChannelResult& sub : subs)
        append(object.text_key(sub.channel), sub.result);
}

void append(std::string& out, const ConnectResult& result) {
    ObjectWriter object(out);
    object.text("client", result.client);
    object.text("version", result.version);
    object.flag("expires", result.expires);
    object.number("ttl", result.ttl);
    object.raw("data", result.data);
    if (!result.subs.empty()) append(object.key("subs"), result.subs);
    object.number("ping", result.ping);
    object.flag("pong", result.pong);
    object.number("time", result.time);
}

void append_empty(std::string& out, std::uint32_t id, std::string_view member) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    reply.raw(member, "{}");
}

void append_info_push(std::string& out, std::string_view channel, std::string_view member,
                      const ClientInfo& info) {
    ObjectWriter reply(out);
    ObjectWriter push(reply.key("push"));
    push.text("channel", channel);
    ObjectWriter object(push.key(member));
    append(object.key("info"), info);
}

}  // namespace

void append_error(std::string& out, std::uint32_t id, std::uint32_t code, std::string_view message,
                  bool temporary) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    ObjectWriter error(reply.key("error"));
    error.number("code", code);
    error.text("message", message);
    error.flag("temporary", temporary);
}

void append_connect(std::string& out, std::uint32_t id, const ConnectResult& result) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    append(reply.key("connect"), result);
}

void append_subscribe(std::string& out, std::uint32_t id, const SubscribeResult& result) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    append(reply.key("subscribe"), result);
}

void append_unsubscribe(std::string& out, std::uint32_t id) {
    append_empty(out, id, "unsubscribe");
}

void append_publish(std::string& out, std::uint32_t id) {
    append_empty(out, id, "publish");
}

void append_presence(std::string& out, std::uint32_t id, std::span<const ClientInfo> clients) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    ObjectWriter object(reply.key("presence"));
    ObjectWriter presence(object.key("presence"));
    for (const ClientInfo& info : clients)
        append(presence.text_key(info.client), info);
}

void append_presence_stats(std::string& out, std::uint32_t id, std::uint32_t num_clients,
                           std::uint32_t num_users) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    ObjectWriter object(reply.key("presence_stats"));
    object.number_always("num_clients", num_clients);
    object.number_always("num_users", num_users);
}

void append_history(std::string& out, std::uint32_t id, const HistoryResult& result) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    ObjectWriter object(reply.key("history"));
    append(object.key("publications"), result.publications);
    object.text_always("epoch", result.epoch);
    object.number_always("offset", result.offset);
}

void append_rpc(std::string& out, std::uint32_t id, std::string_view data) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    ObjectWriter object(reply.key("rpc"));
    object.raw("data", data);
}

void append_refresh(std::string& out, std::uint32_t id, const RefreshResult& result) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    ObjectWriter object(reply.key("refresh"));
    object.text("client", result.client);
    object.text("version", result.version);
    object.flag("expires", result.expires);
    object.number("ttl", result.ttl);
}

void append_sub_refresh(std::string& out, std::uint32_t id, bool expires, std::uint32_t ttl) {
    ObjectWriter reply(out);
    reply.number_always("id", id);
    ObjectWriter object(reply.key("sub_refresh"));
    object.flag("expires", expires);
    object.number("ttl", ttl);
}

void append_publication_push(std::string& out, std::string_view channel, const Publication& publication) {
    ObjectWriter reply(out);
    ObjectWriter push(reply.key("push"));
    push.text("channel", channel);
    append(push.key("pub"), publication);
}

void append_join_push(std::string& out, std::string_view channel, const ClientInfo& info) {
    append_info_push(out, channel, "join", info);
}

void append_leave_push(std::string& out, std::string_view channel, const ClientInfo& info) {
    append_info_push(out, channel, "leave", info);
}

void append_unsubscribe_push(std::string& out, std::string_view channel, std::uint32_t code,
                             std::string_view reason) {
    ObjectWriter reply(out);
    ObjectWriter push(reply.key("push"));
    push.text("channel", channel);
    ObjectWriter object(push.key("unsubscribe"));
    object.number("code", code);
    object.text("reason", reason);
}

void append_message_push(std::string& out, std::string_view data) {
    ObjectWriter reply(out);
    ObjectWriter push(reply.key("push"));
    ObjectWriter object(push.key("message"));
    object.raw("data", data);
}

void append_subscribe_push(std::string& out, std::string_view channel, const SubscribePush& push_in) {
    ObjectWriter reply(out);
    ObjectWriter push(reply.key("push"));
    push.text("channel", channel);
    ObjectWriter object(push.key("subscribe"));
    object.flag("recoverable", push_in.recoverable);
    object.text("epoch", push_in.epoch);
    object.number("offset", push_in.offset);
    object.flag("positioned", push_in.positioned);
    object.raw("data", push_in.data);
}

void append_ping(std::string& out) {
    out += "{}";
}

}  // namespace fairlead::edge::json
