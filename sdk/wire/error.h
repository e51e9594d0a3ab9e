// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead::wire {

/// The numbers of every error that crosses a wire, towards clients and services alike. Never renumbered.
/// 1-99 are made locally by the SDK and never sent. 400-1999 are free for handlers (1000-1999 are the
/// application's).
enum class Code : std::uint32_t {
    ok = 0,
    deadline = 1,
    unavailable = 2,
    stopped = 3,
    internal = 100,
    unauthorized = 101,
    unknown_channel = 102,
    denied = 103,
    not_found = 104,
    already_subscribed = 105,
    limit_exceeded = 106,
    bad_request = 107,
    not_available = 108,
    expired = 109,
    position_expired = 110,
    overloaded = 111,
    unrecoverable = 112,
};

/// WebSocket close codes that the broker sends. 3000-3499 let an SDK reconnect, 3500-3999 stop it for good.
enum class Close : std::uint16_t {
    normal = 1000,
    protocol_error = 1002,
    unsupported_data = 1003,
    bad_utf8 = 1007,
    policy = 1008,
    too_big = 1009,
    shutdown = 3001,
    internal = 3004,
    expired = 3005,
    slow = 3008,
    write_error = 3009,
    insufficient_state = 3010,
    force_reconnect = 3011,
    no_pong = 3012,
    too_many_requests = 3013,
    invalid_token = 3500,
    bad_request = 3501,
    stale = 3502,
    force_disconnect = 3503,
    connection_limit = 3504,
    channel_limit = 3505,
    inappropriate_protocol = 3506,
    permission_denied = 3507,
    not_available = 3508,
    too_many_errors = 3509,
};

/// Why the broker ends a subscription; clients subscribe again from 2500 on.
enum class Unsubscribe : std::uint16_t {
    by_server = 2000,
    insufficient_state = 2500,  ///< a gap: the client subscribes again at once and recovers
    expired = 2501,
    invalidated = 2502,  ///< the client subscribes again at once, with a new token
};

/// One row of the table: what a code is called and what a caller may do about it.
struct ErrorRow {
    Code code;
    std::string_view name;     ///< as `fairlead::fail("not_found")` spells it
    std::string_view message;  ///< default text for people
    bool temporary;            ///< trying the same again may help
};

/// The row of `code`, or nullptr for a number that is not in the table.
const ErrorRow* find_error(std::uint32_t code) noexcept;
const ErrorRow* find_error(std::string_view name) noexcept;

/// The default reason of a close code; never empty, never valid JSON, at most 123 bytes.
std::string_view close_reason(Close code) noexcept;

/// What a failed request or command says. `message` is for people.
struct Failure {
    std::uint32_t code = 0;
    std::string message;
    bool temporary = false;
};

/// A failure by the table; an empty `message` takes the table's text.
Failure failure(Code code, std::string message = {});

}  // namespace fairlead::wire
