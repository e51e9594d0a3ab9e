// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "edge/json/scanner.h"

namespace fairlead::edge::json {

/// What a client asks. The requests stand in the order in which the first of several members wins.
enum class Kind : std::uint8_t {
    connect,
    subscribe,
    unsubscribe,
    publish,
    presence,
    presence_stats,
    history,
    rpc,
    send,
    refresh,
    sub_refresh,
    ping,
    pong,     ///< no id and no `send`: the answer to the server's ping
    unknown,  ///< an id and no member that we know; always malformed
};

/// One entry of `connect.subs`: the position of a server-side subscription to recover.
struct Position {
    std::string_view channel;
    bool recover = false;
    std::uint64_t offset = 0;
    std::string_view epoch;
    std::string_view delta;
};

/// One entry of `connect.headers`.
struct Header {
    std::string_view name;
    std::string_view value;
};

/// One command of a client. A field that is absent or null has its zero value; fields that its kind does not
/// have stay zero as well. Nothing is checked beyond the JSON type and the range: names, tokens, positions
/// and an empty channel are the session's to judge.
struct Command {
    std::uint32_t id = 0;
    Kind kind = Kind::unknown;

    std::string_view channel;  ///< all that name a channel
    std::string_view token;    ///< connect, subscribe, refresh, sub_refresh
    std::string_view method;   ///< rpc
    RawValue data;             ///< connect, subscribe, publish, rpc, send
    std::int64_t flag = 0;     ///< connect, subscribe: bit mask of features

    std::string_view name;            ///< connect: of the SDK or application
    std::string_view version;         ///< connect: of the application
    std::string_view profile;         ///< connect
    std::string_view dict;            ///< connect
    std::span<const Position> subs;   ///< connect
    std::span<const Header> headers;  ///< connect

    bool recover = false;      ///< subscribe
    bool positioned = false;   ///< subscribe
    bool recoverable = false;  ///< subscribe
    bool join_leave = false;   ///< subscribe
    std::string_view delta;    ///< subscribe
    RawValue filter;           ///< subscribe `tf`: an object, its inside unchecked
    std::int32_t phase = 0;    ///< subscribe
    std::string_view cursor;   ///< subscribe
    bool asc = false;          ///< subscribe

    std::string_view epoch;    ///< subscribe; history `since.epoch`
    std::uint64_t offset = 0;  ///< subscribe; history `since.offset`
    bool since = false;        ///< history: has a `since`
    std::int32_t limit = 0;    ///< history, subscribe
    bool reverse = false;      ///< history

    std::int32_t type = 0;  ///< subscribe, publish, sub_refresh: 0 = the ordinary one
    std::string_view key;   ///< publish
    bool removed = false;   ///< publish
};

}  // namespace fairlead::edge::json
