// SPDX-License-Identifier: Apache-2.0
#include "edge/json/number.h"

#include <algorithm>
#include <cstdint>

namespace fairlead::edge::json {
namespace {

/// The decimal exponent written behind the mantissa, cut to where it cannot matter any more.
std::int64_t written_exponent(std::string_view text, std::size_t mark) noexcept {
    constexpr std::int64_t kPlenty = std::int64_t{1} << 40;
    if (mark == std::string_view::npos) return 0;
    std::string_view digits = text.substr(mark + 1);
    const bool negative = digits.front() == '-';
    if (negative || digits.front() == '+') digits.remove_prefix(1);
    std::int64_t value = 0;
    for (const char digit : digits) {
        value = value * 10 + (digit - '0');
        if (value > kPlenty) break;
    }
    return negative ? -value : value;
}

/// Whether a number that is no double is too large (else it is too small). It is not zero.
bool is_large(std::string_view text) noexcept {
    const std::size_t mark = text.find_first_of("eE");
    const std::string_view mantissa = text.substr(0, mark);
    const std::size_t first = mantissa.find_first_of("123456789");
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    const auto magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
    return written_exponent(text, mark) + magnitude > 0;
}

}  // namespace

bool to_double(std::string_view text, double& out) noexcept {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
    if (result.ec == std::errc{}) return true;
    if (is_large(text)) return false;
    out = text.front() == '-' ? -0.0 : 0.0;
    return true;
}

void append_double(std::string& out, double value) {
    char digits[32];
    const auto result = std::to_chars(digits, digits + sizeof digits, value);
    const std::string_view text{digits, static_cast<std::size_t>(result.ptr - digits)};
    out += text;
    if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace fairlead::edge::json
