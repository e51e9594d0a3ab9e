// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fairlead::wire {

/// True if `text` is UTF-8 by the Unicode standard: no overlong forms, no surrogates, at most U+10FFFF.
/// Threads: any.
bool valid_utf8(std::string_view text) noexcept;

/// What is no code point: the text ended or is not UTF-8.
inline constexpr std::uint32_t kNoCodePoint = 0xffffffff;

/// Decodes the code point that begins at `offset` and moves `offset` past it; kNoCodePoint (and `offset`
/// stays) at the end of `text` or where it is not UTF-8. Threads: any.
std::uint32_t next_code_point(std::string_view text, std::size_t& offset) noexcept;

/// The longest prefix of `text` that has at most `bytes` bytes and ends at a character's boundary.
/// Threads: any.
std::string_view truncate_utf8(std::string_view text, std::size_t bytes) noexcept;

}  // namespace fairlead::wire
