// SPDX-License-Identifier: Apache-2.0
#include "edge/json/writer.h"

#include "edge/json/text.h"

namespace fairlead::edge::json {
namespace {

void append_escape(std::string& out, char c) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xF];
}

bool passes(char c) noexcept {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    out += '"';
    while (at != end) {
        const char* stop = skip_plain(at, end);
        while (stop != end && passes(*stop))
            ++stop;  // beyond ASCII
        out.append(at, stop);
        at = stop;
        if (at != end) append_escape(out, *at++);
    }
    out += '"';
}

}  // namespace fairlead::edge::json
