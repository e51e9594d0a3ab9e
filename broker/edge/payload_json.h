// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/payload.h"
#include "edge/json/from_msgpack.h"

namespace fairlead::edge {

/// A payload as one JSON value: its own bytes, or translated into `scratch`. Nullopt-like: an empty view means that the
/// value has no JSON form (binary, for example), or that there is none.
inline std::string_view json_of(const core::Payload& payload, std::string& scratch) {
    if (payload.encoding == core::Encoding::json) return payload.bytes;
    scratch.clear();
    if (json::append_json(payload.bytes, scratch) != json::NoJson::none) return {};
    return scratch;
}

}  // namespace fairlead::edge
