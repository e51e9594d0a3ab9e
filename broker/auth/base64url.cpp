// SPDX-License-Identifier: Apache-2.0
#include "auth/base64url.h"

#include <cstdint>

namespace fairlead::auth {
namespace {

constexpr std::uint32_t kNoDigit = 64;

std::uint32_t digit(char c) noexcept {
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
    if (c == '-') return 62;
    return c == '_' ? 63 : kNoDigit;
}

}  // namespace

std::optional<std::string> decode_base64url(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned held = 0;  // of the bits, how many are not out yet
    for (char c : text) {
        const std::uint32_t value = digit(c);
        if (value == kNoDigit) return std::nullopt;
        bits = (bits << 6 | value) & 0xffff;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes.push_back(static_cast<char>(bits >> held & 0xff));
    }
    // Six bits over are half a byte that never came; two or four are spare.
    const bool spare_bits_set = (bits & ((1U << held) - 1)) != 0;
    if (held == 6 || spare_bits_set) return std::nullopt;
    return bytes;
}

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.find_first_of("-_") != text.npos) return std::nullopt;
    for (int padding = 0; padding < 2 && !text.empty() && text.back() == '='; ++padding)
        text.remove_suffix(1);
    std::string url(text);
    for (char& c : url)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    return decode_base64url(url);
}

}  // namespace fairlead::auth
