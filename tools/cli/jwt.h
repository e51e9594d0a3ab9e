// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace fairlead::cli {

/// Base64 with the URL alphabet and without padding (RFC 4648 section 5).
std::string base64url(std::string_view bytes);

/// A JSON Web Token in compact form, signed with HMAC SHA-256 (RFC 7515, RFC 7518). `claims` is a JSON
/// object.
std::string sign_hs256(std::string_view claims, std::string_view secret);

}  // namespace fairlead::cli
