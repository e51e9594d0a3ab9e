// SPDX-License-Identifier: Apache-2.0
#include "wire/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fairlead::wire {
namespace {

constexpr std::array kErrors = {
    ErrorRow{Code::ok, "ok", "ok", false},
    ErrorRow{Code::deadline, "deadline", "deadline passed", false},
    ErrorRow{Code::unavailable, "unavailable", "no broker is reachable", true},
    ErrorRow{Code::stopped, "stopped", "the service was stopped", false},
    ErrorRow{Code::internal, "internal", "internal server error", true},
    ErrorRow{Code::unauthorized, "unauthorized", "unauthorized", false},
    ErrorRow{Code::unknown_channel, "unknown_channel", "unknown channel", false},
    ErrorRow{Code::denied, "denied", "permission denied", false},
    ErrorRow{Code::not_found, "not_found", "method not found", false},
    ErrorRow{Code::already_subscribed, "already_subscribed", "already subscribed", false},
    ErrorRow{Code::limit_exceeded, "limit_exceeded", "limit exceeded", false},
    ErrorRow{Code::bad_request, "bad_request", "bad request", false},
    ErrorRow{Code::not_available, "not_available", "not available", false},
    ErrorRow{Code::expired, "expired", "token expired", false},
    ErrorRow{Code::position_expired, "position_expired", "expired", false},
    ErrorRow{Code::overloaded, "overloaded", "too many requests", true},
    ErrorRow{Code::unrecoverable, "unrecoverable", "unrecoverable position", false},
};

struct CloseRow {
    Close code;
    std::string_view reason;
};

constexpr std::array kCloses = {
    CloseRow{Close::normal, "connection closed"},
    CloseRow{Close::protocol_error, "protocol error"},
    CloseRow{Close::unsupported_data, "unsupported data"},
    CloseRow{Close::bad_utf8, "invalid UTF-8"},
    CloseRow{Close::policy, "policy violation"},
    CloseRow{Close::too_big, "message too big"},
    CloseRow{Close::shutdown, "shutdown"},
    CloseRow{Close::internal, "internal server error"},
    CloseRow{Close::expired, "connection expired"},
    CloseRow{Close::slow, "slow"},
    CloseRow{Close::write_error, "write error"},
    CloseRow{Close::insufficient_state, "insufficient state"},
    CloseRow{Close::force_reconnect, "force reconnect"},
    CloseRow{Close::no_pong, "no pong"},
    CloseRow{Close::too_many_requests, "too many requests"},
    CloseRow{Close::invalid_token, "invalid token"},
    CloseRow{Close::bad_request, "bad request"},
    CloseRow{Close::stale, "stale"},
    CloseRow{Close::force_disconnect, "force disconnect"},
    CloseRow{Close::connection_limit, "connection limit"},
    CloseRow{Close::channel_limit, "channel limit"},
    CloseRow{Close::inappropriate_protocol, "inappropriate protocol"},
    CloseRow{Close::permission_denied, "permission denied"},
    CloseRow{Close::not_available, "not available"},
    CloseRow{Close::too_many_errors, "too many errors"},
};

template <typename Is>
const ErrorRow* find_row(Is is) noexcept {
    const auto row = std::find_if(kErrors.begin(), kErrors.end(), is);
    return row == kErrors.end() ? nullptr : &*row;
}

}  // namespace

const ErrorRow* find_error(std::uint32_t code) noexcept {
    return find_row([code](const ErrorRow& row) { return static_cast<std::uint32_t>(row.code) == code; });
}

const ErrorRow* find_error(std::string_view name) noexcept {
    return find_row([name](const ErrorRow& row) { return row.name == name; });
}

std::string_view close_reason(Close code) noexcept {
    const auto row = std::find_if(kCloses.begin(), kCloses.end(),
                                  [code](const CloseRow& each) { return each.code == code; });
    return row == kCloses.end() ? "connection closed" : row->reason;
}

Failure failure(Code code, std::string message) {
    const auto number = static_cast<std::uint32_t>(code);
    const ErrorRow* row = find_error(number);
    if (row == nullptr) {
        return Failure{number, std::move(message), false};
    }
    return Failure{number, message.empty() ? std::string(row->message) : std::move(message), row->temporary};
}

}  // namespace fairlead::wire
