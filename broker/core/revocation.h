// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead::core {

/// Clients by what they have in common.
struct Target {
    enum class Kind : std::uint8_t {
        client,   ///< by client id
        user,     ///< all clients of a user
        session,  ///< all of one session of `user`
        token,    ///< all that came with the connection token of this `jti`
        key,      ///< all whose token was verified by the key of this name
    };
    Kind kind = Kind::client;
    std::string_view name;
    std::string_view user = {};  ///< of a session; empty = anonymous
};

/// Its clients are closed for good, and what they came with is remembered so that it does not let them in again.
struct Revocation {
    Target target;
    std::string_view reason = {};  ///< of the close; empty = the default
    std::chrono::seconds remember{24 * 3600};
};

}  // namespace fairlead::core
