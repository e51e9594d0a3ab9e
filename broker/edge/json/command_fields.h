// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "edge/json/command.h"

namespace fairlead::edge::json {

/// Fields that are more than one value.
enum class Nested : std::uint8_t {
    subs,     ///< map of channel to subscribe request
    headers,  ///< map of string to string
    since,    ///< stream position
    filter,   ///< object, kept raw
    list,     ///< array, passed over
};

/// Where a field of a request goes, which also says what JSON type it has.
using Target =
    std::variant<std::string_view Command::*, RawValue Command::*, bool Command::*, std::uint64_t Command::*,
                 std::int64_t Command::*, std::int32_t Command::*, Nested>;

struct Field {
    std::string_view name;
    Target target;
};

/// The fields of a request, at most 32, the usual ones first. Threads: any.
std::span<const Field> fields_of(Kind request) noexcept;
std::span<const Field> fields_of_since() noexcept;

/// The request with this member name, or `unknown`. Threads: any.
Kind find_request(std::string_view member) noexcept;

}  // namespace fairlead::edge::json
