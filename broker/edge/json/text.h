// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace fairlead::edge::json {

/// The bytes between the quotes of a JSON string, as they stand in the text.
struct Text {
    std::string_view raw;
    bool escaped = false;  ///< contains a backslash
};

/// The first byte in [at, end) that is not plain inside a string (quote, backslash, control character or
/// anything beyond ASCII), or `end`. Threads: any.
inline const char* skip_plain(const char* at, const char* end) noexcept;

/// The length of the well-formed UTF-8 sequence at `at`, whose first byte is >= 0x80, or 0: overlong forms,
/// surrogates, values beyond U+10FFFF and cut sequences are not well-formed. Threads: any.
inline std::size_t utf8_length(const char* at, const char* end) noexcept;

/// Replaces the escapes of a scanned string. Writes to `out`, which has room for text.size() bytes (the
/// result is never longer), and returns the end of what it wrote. A lone surrogate becomes U+FFFD. Threads:
/// any.
char* unescape(std::string_view text, char* out) noexcept;

/// One UTF-16 unit from four hexadecimal digits, or -1. Threads: any.
int hex_unit(const char* digits) noexcept;

namespace text_detail {

static_assert(std::endian::native == std::endian::little, "the lowest marked byte is the first one");

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;

/// Marks the high bit of each byte of `word` that equals `byte`; marks above the first one may be false.
constexpr std::uint64_t equal_bytes(std::uint64_t word, unsigned char byte) noexcept {
    const std::uint64_t difference = word ^ (kOnes * byte);
    return (difference - kOnes) & ~difference & kHighs;
}

constexpr std::uint64_t special_bytes(std::uint64_t word) noexcept {
    const std::uint64_t control = (word - kOnes * 0x20) & ~word & kHighs;
    return control | (word & kHighs) | equal_bytes(word, '"') | equal_bytes(word, '\\');
}

constexpr bool is_plain(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

constexpr bool in_range(char c, unsigned char low, unsigned char high) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= low && byte <= high;
}

constexpr bool is_tail(char c) noexcept {
    return in_range(c, 0x80, 0xBF);
}

}  // namespace text_detail

inline const char* skip_plain(const char* at, const char* end) noexcept {
    // Eight bytes at a time; the lowest mark is exact, since borrows only travel upwards.
    while (end - at >= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t marks = text_detail::special_bytes(word);
        if (marks != 0) return at + std::countr_zero(marks) / 8;
        at += 8;
    }
    while (at != end && text_detail::is_plain(*at))
        ++at;
    return at;
}

inline std::size_t utf8_length(const char* at, const char* end) noexcept {
    using text_detail::in_range;
    using text_detail::is_tail;
    const auto left = end - at;
    const auto lead = static_cast<unsigned char>(*at);
    if (lead < 0xC2 || lead > 0xF4) return 0;
    if (lead < 0xE0) return left >= 2 && is_tail(at[1]) ? 2 : 0;
    if (lead < 0xF0) {
        const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned char high = lead == 0xED ? 0x9F : 0xBF;
        return left >= 3 && in_range(at[1], low, high) && is_tail(at[2]) ? 3 : 0;
    }
    const unsigned char low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xF4 ? 0x8F : 0xBF;
    return left >= 4 && in_range(at[1], low, high) && is_tail(at[2]) && is_tail(at[3]) ? 4 : 0;
}

}  // namespace fairlead::edge::json
