// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <cstdio>

namespace fairlead::base {
namespace {

constexpr std::size_t kMaxTextBytes = 256;

void append_escaped(std::string& out, unsigned char c) {
    static constexpr char kHex[] = "0123456789abcdef";
    if (c == '"' || c == '\\') {
        out += '\\';
        out += static_cast<char>(c);
    } else if (c == '\n') {
        out += "\\n";
    } else if (c < 0x20 || c >= 0x7f) {
        out += "\\x";
        out += kHex[c >> 4];
        out += kHex[c & 15];
    } else {
        out += static_cast<char>(c);
    }
}

void append_text(std::string& out, std::string_view text) {
    out += '"';
    for (char c : text.substr(0, kMaxTextBytes)) append_escaped(out, static_cast<unsigned char>(c));
    if (text.size() > kMaxTextBytes) out += "...";
    out += '"';
}

struct Append {
    std::string& out;
    void operator()(std::int64_t value) const { out += std::to_string(value); }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(std::string_view value) const { append_text(out, value); }
    void operator()(double value) const {
        char text[32];
        std::snprintf(text, sizeof text, "%.6g", value);
        out += text;
    }
};

}  // namespace

std::string format_log_line(std::string_view message, LogFields fields) {
    std::string line(message);
    for (const LogField& field : fields) {
        line += ' ';
        line += field.name;
        line += '=';
        std::visit(Append{line}, field.value);
    }
    return line;
}

}  // namespace fairlead::base
