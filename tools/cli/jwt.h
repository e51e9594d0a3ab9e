// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "client/result.h"

namespace fairlead::cli {

/// Base64 with the URL alphabet and without padding (RFC 4648 section 5).
std::string base64url(std::string_view bytes);

/// What a JSON Web Token is signed with (RFC 7515, RFC 7518). Threads: one.
struct Signer {
    std::string algorithm;  ///< HS256, HS384, HS512, or with a private key RS256, PS256, ES256, ES384, EdDSA
    std::string secret;     ///< bytes; for the first three
    std::string private_key;  ///< PEM; for the others. The algorithm may be empty: the usual one of the key
    std::string kid;          ///< empty = none

    /// A token in compact form. `claims` is a JSON object. An error says why key and algorithm do not go
    /// together.
    client::Result<std::string> sign(std::string_view claims) const;
};

}  // namespace fairlead::cli
