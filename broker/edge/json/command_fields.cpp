// SPDX-License-Identifier: Apache-2.0
#include "edge/json/command_fields.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace fairlead::edge::json {
namespace {

using C = Command;

constexpr Field kConnect[] = {
    {"token", &C::token}, {"name", &C::name},       {"version", &C::version},
    {"data", &C::data},   {"subs", Nested::subs},   {"headers", Nested::headers},
    {"flag", &C::flag},   {"profile", &C::profile}, {"dict", &C::dict},
};
constexpr Field kSubscribe[] = {
    {"channel", &C::channel},
    {"token", &C::token},
    {"recover", &C::recover},
    {"epoch", &C::epoch},
    {"offset", &C::offset},
    {"flag", &C::flag},
    {"data", &C::data},
    {"positioned", &C::positioned},
    {"recoverable", &C::recoverable},
    {"join_leave", &C::join_leave},
    {"delta", &C::delta},
    {"tf", Nested::filter},
    {"type", &C::type},
    {"phase", &C::phase},
    {"cursor", &C::cursor},
    {"limit", &C::limit},
    {"asc", &C::asc},
};
constexpr Field kChannel[] = {{"channel", &C::channel}};
constexpr Field kPublish[] = {
    {"channel", &C::channel}, {"data", &C::data},       {"type", &C::type},
    {"key", &C::key},         {"removed", &C::removed},
};
constexpr Field kHistory[] = {
    {"channel", &C::channel},
    {"limit", &C::limit},
    {"since", Nested::since},
    {"reverse", &C::reverse},
};
constexpr Field kSince[] = {{"offset", &C::offset}, {"epoch", &C::epoch}};
constexpr Field kRpc[] = {{"method", &C::method}, {"data", &C::data}};
constexpr Field kSend[] = {{"data", &C::data}};
constexpr Field kRefresh[] = {{"token", &C::token}};
constexpr Field kSubRefresh[] = {
    {"channel", &C::channel}, {"token", &C::token},      {"type", &C::type},
    {"track", Nested::list},  {"untrack", Nested::list},
};

constexpr std::array<std::string_view, 12> kRequests = {
    "connect", "subscribe", "unsubscribe", "publish", "presence",    "presence_stats",
    "history", "rpc",       "send",        "refresh", "sub_refresh", "ping",
};

}  // namespace

std::span<const Field> fields_of(Kind request) noexcept {
    switch (request) {
        case Kind::connect:
            return kConnect;
        case Kind::subscribe:
            return kSubscribe;
        case Kind::unsubscribe:
        case Kind::presence:
        case Kind::presence_stats:
            return kChannel;
        case Kind::publish:
            return kPublish;
        case Kind::history:
            return kHistory;
        case Kind::rpc:
            return kRpc;
        case Kind::send:
            return kSend;
        case Kind::refresh:
            return kRefresh;
        case Kind::sub_refresh:
            return kSubRefresh;
        case Kind::ping:
        case Kind::pong:
        case Kind::unknown:
            break;
    }
    return {};
}

std::span<const Field> fields_of_since() noexcept {
    return kSince;
}

Kind find_request(std::string_view member) noexcept {
    const auto found = std::ranges::find(kRequests, member);
    if (found == kRequests.end()) return Kind::unknown;
    return static_cast<Kind>(std::distance(kRequests.begin(), found));
}

}  // namespace fairlead::edge::json
