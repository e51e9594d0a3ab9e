// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace fairlead::auth {

/// The time that a JSON number says in seconds since 1970, fractions allowed. Nothing for what lies before
/// 1970 or after the year 9999. What lies beyond the clock's range is its last hundred years or so: far away.
/// Threads: any.
std::optional<base::Wall> parse_numeric_date(std::string_view number) noexcept;

}  // namespace fairlead::auth
