// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"

namespace fairlead::core {

/// What a verified connection token says.
struct Claims {
    std::string user;                   ///< `sub`; empty = anonymous
    std::string session;                ///< `sid`; empty = none
    std::optional<base::Wall> expires;  ///< `exp`; absent = never
    std::string info;                   ///< `info` as JSON text; empty = none
    std::string meta;                   ///< `meta` as JSON text, always an object; empty = none
};

enum class TokenFault : std::uint8_t {
    invalid,  ///< forged, malformed, not for us: terminal
    expired,  ///< genuine, but its time is over or not yet come: the client gets a new one
};

/// Either claims, or why there are none. `why` is for the log and the close reason; it never quotes the token.
struct TokenResult {
    std::optional<Claims> claims;
    TokenFault fault = TokenFault::invalid;
    std::string why;
};

}  // namespace fairlead::core
