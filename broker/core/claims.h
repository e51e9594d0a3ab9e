// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace fairlead::core {

/// What a verified connection token says.
struct Claims {
    std::string user;                   ///< `sub`; empty = anonymous
    std::string session;                ///< `sid`; empty = none
    std::optional<base::Wall> expires;  ///< of the connection: `expire_at`, else `exp`; absent = never
    std::optional<base::Wall> issued;   ///< `iat`; absent = not said
    std::string info;                   ///< `info` as JSON text; empty = none
    std::string meta;                   ///< `meta` as JSON text, always an object; empty = none
    std::vector<std::string> channels;  ///< `channels` and the names in `subs`: subscribed by the broker at connect
    std::vector<std::string> labels;    ///< `labels`: what `[[permission]]` asks for
    std::vector<std::pair<std::string, std::string>> texts;  ///< every other claim that is a text, number, truth
                                                             ///< value or a list of texts (one pair each), as text
    std::string token_id;               ///< `jti`; empty = none
    std::string key_id;                 ///< of the key that verified it: the configured name of the key
    base::Steady verified{};            ///< when, by the edge's clock
};

/// What a verified subscription token says: this user may subscribe to this channel.
struct SubscriptionClaims {
    std::string user;                   ///< `sub`: must equal the client's
    std::string channel;                ///< `channel`: must equal the one asked for
    std::string client;                 ///< `client`: the client id that it is bound to; empty = any
    std::optional<base::Wall> expires;  ///< of the subscription: `expire_at`, else `exp`; absent = never
    std::string info;                   ///< `info` as JSON text, the subscriber's `chan_info`; empty = none
    std::string token_id;
    std::string key_id;
    base::Steady verified{};
};

enum class TokenFault : std::uint8_t {
    invalid,  ///< forged, malformed, not for us: terminal
    expired,  ///< genuine, but its time is over or not yet come: the client gets a new one
};

/// Either claims, or why there are none. `why` is for the log and the close reason; it never quotes the token.
template <typename C>
struct Verified {
    std::optional<C> claims;
    TokenFault fault = TokenFault::invalid;
    std::string why;
};
using TokenResult = Verified<Claims>;
using SubscriptionTokenResult = Verified<SubscriptionClaims>;

}  // namespace fairlead::core
