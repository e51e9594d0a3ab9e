// SPDX-License-Identifier: Apache-2.0
#include "auth/compact.h"

#include <utility>

#include "auth/base64url.h"

namespace fairlead::auth {

std::optional<Compact> Compact::split(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t second = first == token.npos ? first : token.find('.', first + 1);
    if (second == token.npos) return std::nullopt;
    // A third dot stands in the signature, where no digit is a dot.
    auto header = decode_base64url(token.substr(0, first));
    auto payload = decode_base64url(token.substr(first + 1, second - first - 1));
    auto signature = decode_base64url(token.substr(second + 1));
    if (!header || !payload || !signature) return std::nullopt;
    if (header->empty() || payload->empty() || signature->empty()) return std::nullopt;
    return Compact{std::move(*header), std::move(*payload), std::move(*signature), token.substr(0, second)};
}

}  // namespace fairlead::auth
