// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fairlead/value.h>

#include <string>

#include "client/json.h"

namespace fairlead::cli {

/// JSON as services see it. Integers beyond 64 bits are doubles. Threads: any.
Value to_value(const client::JsonValue& json);

/// A service's answer as JSON in one line. What JSON does not have: bytes become base64 text, and numbers
/// that are not finite become null.
std::string to_json(const Value& value);

}  // namespace fairlead::cli
