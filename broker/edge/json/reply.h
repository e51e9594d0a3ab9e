// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead::edge::json {

// What the broker answers and pushes, as JSON for one frame. Replies are appended without a newline; whoever
// joins several in one frame puts exactly one between them, and none at the end.
//
// Two kinds of views: text (names, reasons) is any valid UTF-8 and is escaped here; members named `data`,
// `conn_info` and `chan_info` are raw JSON values and go in as they are. They must be one valid value without
// raw newlines (`compact` removes them); an empty view leaves the member out.
//
// Members with their zero value are left out, except where the protocol wants them always.
//
// Threads: any.

struct ClientInfo {
    std::string_view user = {};
    std::string_view client = {};
    std::string_view conn_info = {};
    std::string_view chan_info = {};
};

using Tag = std::pair<std::string_view, std::string_view>;

struct Publication {
    std::string_view data = {};
    const ClientInfo* info = nullptr;  ///< set when a client published
    std::uint64_t offset = 0;
    std::span<const Tag> tags = {};
    bool delta = false;
    std::int64_t time = 0;          ///< Unix milliseconds
    std::string_view channel = {};  ///< the concrete one, if a pattern was subscribed
};

struct SubscribeResult {
    bool expires = false;
    std::uint32_t ttl = 0;  ///< seconds
    bool recoverable = false;
    bool positioned = false;
    std::string_view epoch = {};
    std::uint64_t offset = 0;
    bool recovered = false;
    bool was_recovering = false;
    std::span<const Publication> publications = {};
    std::string_view data = {};
    bool delta = false;
};

struct ChannelResult {
    std::string_view channel = {};
    SubscribeResult result = {};
};

struct ConnectResult {
    std::string_view client = {};
    std::string_view version = {};
    bool expires = false;
    std::uint32_t ttl = 0;  ///< seconds
    std::string_view data = {};
    std::span<const ChannelResult> subs = {};
    std::uint32_t ping = 0;  ///< seconds
    bool pong = false;
    std::int64_t time = 0;  ///< Unix milliseconds
};

struct HistoryResult {
    std::span<const Publication> publications = {};
    std::string_view epoch = {};
    std::uint64_t offset = 0;
};

struct RefreshResult {
    std::string_view client = {};
    std::string_view version = {};
    bool expires = false;
    std::uint32_t ttl = 0;  ///< seconds
};

struct SubscribePush {
    bool recoverable = false;
    bool positioned = false;
    std::string_view epoch = {};
    std::uint64_t offset = 0;
    std::string_view data = {};
};

// Replies to the command `id`.
void append_error(std::string& out, std::uint32_t id, std::uint32_t code, std::string_view message,
                  bool temporary);
void append_connect(std::string& out, std::uint32_t id, const ConnectResult& result);
void append_subscribe(std::string& out, std::uint32_t id, const SubscribeResult& result);
void append_unsubscribe(std::string& out, std::uint32_t id);
void append_publish(std::string& out, std::uint32_t id);
void append_presence(std::string& out, std::uint32_t id, std::span<const ClientInfo> clients);
void append_presence_stats(std::string& out, std::uint32_t id, std::uint32_t num_clients,
                           std::uint32_t num_users);
void append_history(std::string& out, std::uint32_t id, const HistoryResult& result);
void append_rpc(std::string& out, std::uint32_t id, std::string_view data);
void append_refresh(std::string& out, std::uint32_t id, const RefreshResult& result);
void append_sub_refresh(std::string& out, std::uint32_t id, bool expires, std::uint32_t ttl);

// Pushes, and the server's ping.
void append_publication_push(std::string& out, std::string_view channel, const Publication& publication);
void append_join_push(std::string& out, std::string_view channel, const ClientInfo& info);
void append_leave_push(std::string& out, std::string_view channel, const ClientInfo& info);
void append_unsubscribe_push(std::string& out, std::string_view channel, std::uint32_t code,
                             std::string_view reason);
void append_message_push(std::string& out, std::string_view data);
void append_subscribe_push(std::string& out, std::string_view channel, const SubscribePush& push);
void append_ping(std::string& out);

}  // namespace fairlead::edge::json
