// SPDX-License-Identifier: Apache-2.0
#include "auth/numeric_date.h"

#include <algorithm>
#include <charconv>

namespace fairlead::auth {
namespace {

constexpr double kEndOfYear9999 = 253'402'300'799;
/// In the year 2255; a clock of nanoseconds ends in 2262.
constexpr double kFarAway = 9'000'000'000;

}  // namespace

std::optional<base::Wall> parse_numeric_date(std::string_view number) noexcept {
    double seconds = 0;
    const char* end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, seconds);
    if (error != std::errc() || stop != end || !(seconds >= 0 && seconds <= kEndOfYear9999))
        return std::nullopt;
    const double ms = std::min(seconds, kFarAway) * 1000;
    return base::Wall(std::chrono::milliseconds(static_cast<std::int64_t>(ms)));
}

}  // namespace fairlead::auth
