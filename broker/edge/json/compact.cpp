// SPDX-License-Identifier: Apache-2.0
#include "edge/json/compact.h"

namespace fairlead::edge::json {
namespace {

bool is_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// The place behind the string that begins at `at`.
std::size_t string_end(std::string_view json, std::size_t at) noexcept {
    for (++at; at < json.size(); ++at) {
        if (json[at] == '\\') {
            ++at;
        } else if (json[at] == '"') {
            return at + 1;
        }
    }
    return json.size();
}

}  // namespace

void compact(std::string_view json, std::string& out) {
    std::size_t at = 0;
    std::size_t kept = 0;  // all before it has been copied or dropped
    while (at < json.size()) {
        if (json[at] == '"') {
            at = string_end(json, at);
        } else if (is_space(json[at])) {
            out.append(json, kept, at - kept);
            kept = ++at;
        } else {
            ++at;
        }
    }
    out.append(json, kept, json.size() - kept);
}

}  // namespace fairlead::edge::json
