// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/limits.h"

namespace fairlead::wire {

struct ValueLimits {
    std::size_t bytes = kDefaultPayloadBytes;
    std::size_t depth = kDefaultValueDepth;  ///< arrays and maps within each other; a scalar is 0 deep
    std::size_t items = kMaxValueItems;      ///< values of all levels, keys counted
    bool ext = true;                         ///< whether extension types are taken
    bool json = false;  ///< take only what JSON can hold: no bin, no ext, finite floats, str as keys
};

enum class ValueFault : std::uint8_t {
    none,
    empty,
    truncated,  ///< ends before the value does
    trailing,   ///< bytes after the value
    malformed,  ///< the byte that MessagePack does not use
    too_big,    ///< more than `bytes`
    too_deep,
    too_many,      ///< more than `items`
    invalid_utf8,  ///< in a str, keys too
    ext_refused,
    not_json,  ///< only with `json`
};

/// Whether `payload` is exactly one well-formed MessagePack value inside the limits. Reads each byte once;
/// its memory does not depend on what the payload claims. Threads: any.
ValueFault check_value(std::string_view payload, const ValueLimits& limits = {}) noexcept;

/// The fault in words, for an error message: "MessagePack value ends early".
std::string_view to_string(ValueFault fault) noexcept;

}  // namespace fairlead::wire
