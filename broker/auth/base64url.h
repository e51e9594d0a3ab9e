// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead::auth {

/// The bytes of base64url text (RFC 4648, section 5), read strictly: no padding, no other alphabet, no white
/// space, no spare bit that is set. So every text has one meaning, and every meaning one text.
///
/// Threads: any.
std::optional<std::string> decode_base64url(std::string_view text);

/// The bytes of base64 text in the classic alphabet with padding (RFC 4648, section 4), as strictly.
///
/// Threads: any.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace fairlead::auth
