// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <fairlead/testing.h>

#include "core/payload.h"
#include "core/request.h"

/// What clients and services write, as the other side reads it. Threads: any.
namespace fairlead::testing {

/// Nothing: the value has no such form. An empty text stays empty: there is no value.
std::optional<std::string> to_json(std::string_view msgpack);
std::optional<std::string> to_msgpack(std::string_view json);

/// As JSON text; empty for null.
std::string json_text(const Value& value);
Value value_of_msgpack(std::string_view msgpack);

/// A publication as it reaches clients. Nothing: it has no form that they read.
struct Encoded {
    Publication publication;
    std::size_t bytes;  ///< of its message, its WebSocket frame included
};
std::optional<Encoded> encoded(const core::Publication& publication);

/// Of a message with so much text.
std::size_t frame_bytes(std::size_t text_bytes);

Event event_of(const core::Event& event);

}  // namespace fairlead::testing
