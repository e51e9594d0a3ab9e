// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidjson/document.h>

#include <optional>
#include <string>
#include <string_view>

namespace fairlead::client {

using Json = rapidjson::Document;
using JsonValue = rapidjson::Value;

/// Strict JSON (RFC 8259, UTF-8 checked); nothing when it is none. Does not recurse, so depth is no danger.
std::optional<Json> parse_json(std::string_view text);

/// The JSON string literal of `text`, quotes included.
std::string quoted(std::string_view text);

/// The text of a value without white space.
std::string to_text(const JsonValue& value);

/// The member of an object; null when there is none or `object` is none.
const JsonValue* member(const JsonValue& object, const char* name);

/// Members as the protocol omits them: the zero value when absent or of another type.
std::string text_of(const JsonValue& object, const char* name);
std::uint64_t number_of(const JsonValue& object, const char* name);
bool flag_of(const JsonValue& object, const char* name);

}  // namespace fairlead::client
