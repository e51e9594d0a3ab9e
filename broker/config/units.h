// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/problem.h"

/// Numbers as people write them. A size is "64 KiB" (B, KiB, MiB, GiB), a duration "15s" (ms, s, m, h). The
/// unit is required, one space may stand before it, and there are no signs or fractions.
///
/// Threads: any.
namespace fairlead::config {

Parsed<std::int64_t> parse_integer(std::string_view text);
Parsed<std::int64_t> parse_bytes(std::string_view text);         ///< in bytes
Parsed<std::int64_t> parse_milliseconds(std::string_view text);  ///< in milliseconds

/// In the largest unit that gives a whole number; what it returns parses back to the same.
std::string format_bytes(std::int64_t bytes);
std::string format_milliseconds(std::int64_t milliseconds);

}  // namespace fairlead::config
