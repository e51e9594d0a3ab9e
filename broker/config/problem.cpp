// SPDX-License-Identifier: Apache-2.0
#include "config/problem.h"

#include "wire/utf8.h"

namespace fairlead::config {
namespace {

constexpr std::size_t kMaxQuotedBytes = 80;

void append_escaped(std::string& out, char c) {
    static constexpr char kHex[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
        out += "\\x";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    } else {
        out += c;
    }
}

}  // namespace

std::string line_of(const Problem& problem) {
    return problem.where.empty() ? problem.what : problem.where + ": " + problem.what;
}

std::string in_quotes(std::string_view text) {
    if (!wire::valid_utf8(text)) return "(text that is not UTF-8)";
    const auto head = wire::truncate_utf8(text, kMaxQuotedBytes);
    std::string out = "\"";
    for (char c : head)
        append_escaped(out, c);
    if (head.size() < text.size()) out += "...";
    return out + '"';
}

std::string one_of(const std::vector<std::string>& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i != 0) out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

}  // namespace fairlead::config
