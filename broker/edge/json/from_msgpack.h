// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "edge/json/scanner.h"

namespace fairlead::edge::json {

/// Why a MessagePack value has no JSON form.
enum class NoJson : std::uint8_t {
    none,
    malformed,    ///< cut short, a reserved byte, or not exactly one value
    too_deep,     ///< more than the allowed levels of arrays and maps
    binary,       ///< bin
    extension,    ///< ext, timestamps as well
    not_finite,   ///< NaN or an infinity
    key_not_str,  ///< a map key that is no str
    bad_utf8,     ///< a str that is not UTF-8
};

std::string_view to_string(NoJson reason) noexcept;

/// Appends the one MessagePack value of `msgpack` as compact JSON. Floats always have a point or an exponent
/// (1.0), so that they come back as floats; a float32 is printed as the double it equals. Keys keep their
/// order, and their number. Unless the result is `none`, `out` is as it was. The JSON may be six times as
/// long as the value (control characters). Threads: any.
NoJson append_json(std::string_view msgpack, std::string& out, std::size_t max_depth = kMaxDepth);

}  // namespace fairlead::edge::json
