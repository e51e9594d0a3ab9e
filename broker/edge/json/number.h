// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <string>
#include <string_view>

namespace fairlead::edge::json {

/// The double nearest to a JSON number. False only if it lies beyond the largest double; what lies below the
/// smallest becomes zero, as in JavaScript. Threads: any.
bool to_double(std::string_view text, double& out) noexcept;

/// Appends a finite double in the fewest digits that read back as the same one. Always with a point or an
/// exponent (`1.0`, `-0.0`, `1e+30`), so that it stays a double. Threads: any.
void append_double(std::string& out, double value);

/// Appends an integer in decimal. Threads: any.
template <typename Integer>
void append_integer(std::string& out, Integer value) {
    char digits[24];
    const auto result = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, result.ptr);
}

}  // namespace fairlead::edge::json
