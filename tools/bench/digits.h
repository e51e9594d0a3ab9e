// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::bench {

/// Numbers of a fixed width stand in frame templates, so that a new one is written over the old.
inline constexpr std::size_t kDigits = 10;
/// Ids that always have that width and fit the protocol's 32 bits.
inline constexpr std::uint64_t kFirstId = 1'000'000'000;
inline constexpr std::uint64_t kIdRange = 3'000'000'000;

inline void write_digits(std::string& text, std::size_t at, std::uint64_t number) {
    for (std::size_t i = kDigits; i-- > 0; number /= 10)
        text[at + i] = static_cast<char>('0' + number % 10);
}

/// The number that the first kDigits characters are.
inline std::optional<std::uint64_t> read_digits(std::string_view text) {
    if (text.size() < kDigits) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + kDigits, number);
    if (error != std::errc{} || end != text.data() + kDigits) return std::nullopt;
    return number;
}

}  // namespace fairlead::bench
