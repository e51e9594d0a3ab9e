// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead::auth {

/// A signed token in compact form (RFC 7515), taken apart; nothing of it is trusted yet.
struct Compact {
    std::string header;            ///< JSON text
    std::string payload;           ///< whatever was signed
    std::string signature;         ///< raw bytes
    std::string_view signed_text;  ///< what the signature is of; lives as long as the token

    /// Nothing unless the token is exactly three parts of base64url, none of them empty.
    static std::optional<Compact> split(std::string_view token);
};

}  // namespace fairlead::auth
