// SPDX-License-Identifier: Apache-2.0
#include "edge/websocket.h"

#include "wire/error.h"

namespace fairlead::edge {
namespace {

constexpr std::size_t kMaxReasonBytes = 123;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Whether the text could be read as a JSON value: no word of ours begins like one.
bool looks_like_json(std::string_view text) {
    std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return false;
    text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
    char c = text.front();
    return c == '{' || c == '[' || c == '"' || c == '-' || (c >= '0' && c <= '9') || text == "true" || text == "false" ||
           text == "null";
}

}  // namespace

std::string close_text(std::uint16_t code, std::string_view reason) {
    std::string text(reason);
    if (text.empty()) text = wire::close_reason(static_cast<wire::Close>(code));
    if (looks_like_json(text)) text.insert(0, "reason: ");
    if (text.size() <= kMaxReasonBytes) return text;
    std::size_t end = kMaxReasonBytes;
    while (end > 0 && is_continuation(text[end])) --end;
    text.resize(end);
    return text;
}

}  // namespace fairlead::edge
