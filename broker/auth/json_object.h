// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::auth {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

/// One member of an object.
struct JsonMember {
    std::string name;
    JsonKind kind = JsonKind::null;
    std::string json;  ///< the value without white space outside strings; numbers are spelt as they came
    std::string text;  ///< of a string, its content
    std::vector<std::string> strings;  ///< of an array, the strings directly in it; of an object, its names
    std::vector<std::string> objects;  ///< of an array, the objects directly in it as JSON text
    std::size_t size = 0;              ///< of an array or object, how many values are directly in it
};

/// A JSON object, read strictly (RFC 8259): valid UTF-8, nothing around it but white space, no name twice in
/// it, no deeper than `max_depth` (the object itself is 1 deep), no more than 256 members in it.
///
/// Threads: any.
class JsonObject {
public:
    static std::optional<JsonObject> parse(std::string_view text, std::size_t max_depth);

    /// Null if there is none of this name.
    const JsonMember* find(std::string_view name) const noexcept;

    /// In the order of the text.
    const std::vector<JsonMember>& members() const noexcept { return members_; }

private:
    std::vector<JsonMember> members_;
};

}  // namespace fairlead::auth
