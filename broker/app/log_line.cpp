// SPDX-License-Identifier: Apache-2.0
#include "app/log_line.h"

#include <cmath>
#include <cstdio>

#include "wire/utf8.h"

namespace fairlead::app {
namespace {

// C0 and C1 controls, DEL, line separators, and what turns the direction of text around.
bool is_control(std::uint32_t point) {
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069);
}

void append_escaped_point(std::string& out, std::uint32_t point) {
    char text[12];
    std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned>(point));
    out += text;
}

void append_point(std::string& out, std::uint32_t point, std::string_view bytes) {
    if (point == wire::kNoCodePoint) {
        out += "\\ufffd";
    } else if (is_control(point)) {
        append_escaped_point(out, point);
    } else {
        if (point == '"' || point == '\\') out += '\\';
        out += bytes;
    }
}

void append_json_string(std::string& out, std::string_view text, std::size_t most) {
    out += '"';
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t begin = at;
        const auto point = wire::next_code_point(text, at);
        if (point == wire::kNoCodePoint) ++at;
        if (at > most) break;
        append_point(out, point, text.substr(begin, at - begin));
    }
    if (text.size() > most) out += "...";
    out += '"';
}

struct AppendJson {
    std::string& out;
    void operator()(std::int64_t value) const { out += std::to_string(value); }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(std::string_view value) const { append_json_string(out, value, kMaxFieldBytes); }
    void operator()(double value) const {
        char text[32];
        std::snprintf(text, sizeof text, "%.6g", value);
        out += std::isfinite(value) ? text : "null";
    }
};

std::string without_controls(std::string_view text) {
    std::string out;
    for (char c : text.substr(0, kMaxMessageBytes)) {
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
    return text.size() > kMaxMessageBytes ? out + "..." : out;
}

}  // namespace

std::string text_line(std::string_view message, base::LogFields fields) {
    return base::format_log_line(without_controls(message), fields);
}

std::string json_members(std::string_view message, base::LogFields fields) {
    std::string out = "\"message\":";
    append_json_string(out, message, kMaxMessageBytes);
    for (const base::LogField& field : fields) {
        out += ',';
        append_json_string(out, field.name, kMaxFieldBytes);
        out += ':';
        std::visit(AppendJson{out}, field.value);
    }
    return out;
}

}  // namespace fairlead::app
