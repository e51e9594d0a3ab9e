// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "auth/keyring.h"

namespace fairlead::auth {

/// A JSON Web Key Set (RFC 7517) is at most so large, and has at most so many entries.
inline constexpr std::size_t kMaxJwksBytes = 256 * 1024;
inline constexpr std::size_t kMaxJwksKeys = 64;

/// The usable keys of a set. Entries for other uses or algorithms are passed over, as the RFC asks; so are
/// secrets and private keys, which do not belong there.
struct Jwks {
    Keyring keys;
    std::size_t ignored = 0;
    std::string why_ignored;  ///< of the first of them
    std::string fault;        ///< not empty: the set is refused as a whole

    /// Keys are called `origin:kid`. Threads: any.
    static Jwks parse(std::string_view json, const std::string& origin);
};

}  // namespace fairlead::auth
