// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>

#include "config/units.h"
#include "config/value.h"

namespace fairlead::config {
namespace {

void append_toml_escape(std::string& out, char c) {
    static constexpr char kHex[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    } else {
        out += c;
    }
}

}  // namespace

std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (char c : text)
        append_toml_escape(out, c);
    return out + '"';
}

std::string toml_list(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const auto& item : items) {
        if (out.size() > 1) out += ", ";
        out += toml_string(item);
    }
    return out + ']';
}

std::string format_value(const Row& row, const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* text = std::get_if<std::string>(&value)) return toml_string(*text);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return toml_list(*list);
    const auto number = std::get<std::int64_t>(value);
    if (number == 0 && !row.zero_word.empty()) return toml_string(row.zero_word);
    return row.kind == Kind::integer ? std::to_string(number) : toml_string(format_number(row, number));
}

bool is_number(const Row& row) {
    return row.kind == Kind::integer || row.kind == Kind::bytes || row.kind == Kind::duration;
}

std::string format_number(const Row& row, std::int64_t number) {
    if (row.kind == Kind::bytes) return format_bytes(number);
    if (row.kind == Kind::duration) return format_milliseconds(number);
    return std::to_string(number);
}

std::vector<std::string> choices_of(const Row& row) {
    std::vector<std::string> words;
    for (auto rest = row.choices; !rest.empty();) {
        const auto end = std::min(rest.find('|'), rest.size());
        words.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return words;
}

Value standard_of(const Row& row) {
    const auto value = read_value(row, Untyped{std::string(row.standard)});
    if (!value.value) throw std::logic_error("the default of " + name_of(row) + ": " + value.why);
    return *value.value;
}

std::string range_of(const Row& row) {
    if (row.kind == Kind::choice) return one_of(choices_of(row));
    if (!is_number(row)) return {};
    const auto range = format_number(row, row.minimum) + " to " + format_number(row, row.maximum);
    return row.zero_word.empty() ? range : range + " or " + std::string(row.zero_word);
}

std::string expectation_of(const Row& row) {
    const std::string standard = format_value(row, standard_of(row));
    switch (row.kind) {
        case Kind::boolean:
            return "true or false";
        case Kind::integer:
            return row.zero_word.empty() ? "a whole number, such as " + standard
                                         : "a whole number or " + standard;
        case Kind::bytes:
            return "a size in quotes, such as " + standard;
        case Kind::duration:
            return "a duration in quotes, such as " + standard;
        case Kind::text:
            return "text in quotes";
        case Kind::choice:
            return range_of(row) + " in quotes";
        case Kind::list:
            return "a list of texts, such as [\"a\", \"b\"]";
    }
    return {};
}

}  // namespace fairlead::config
