// SPDX-License-Identifier: Apache-2.0
#include "config/units.h"

#include <array>
#include <charconv>
#include <limits>

namespace fairlead::config {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

struct Scale {
    std::array<Unit, 4> units;  // from small to large
    std::string_view words;
    std::string_view examples;
};

constexpr Scale kBytes{{{{"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}}},
                       "B, KiB, MiB or GiB",
                       "\"64 KiB\""};
constexpr Scale kTimes{{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}},
                       "ms, s, m or h",
                       "\"250ms\", \"15s\" or \"1m\""};

std::string_view digits_of(std::string_view text) {
    return text.substr(0, text.find_first_not_of("0123456789"));
}

// Nothing if the number is too large.
std::optional<std::int64_t> to_number(std::string_view digits) {
    std::int64_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return result.ec == std::errc{} ? std::optional{value} : std::nullopt;
}

Parsed<std::int64_t> unknown_unit(std::string_view text, std::string_view unit, const Scale& scale) {
    return Parsed<std::int64_t>::bad(in_quotes(text) + " has the unknown unit " + in_quotes(unit) +
                                     "; write " + std::string(scale.words));
}

Parsed<std::int64_t> parse_scaled(std::string_view text, const Scale& scale) {
    const auto digits = digits_of(text);
    auto unit = text.substr(digits.size());
    if (digits.empty() || unit.find_first_of(".,0123456789") != std::string_view::npos) {
        return Parsed<std::int64_t>::bad(in_quotes(text) +
                                         " is not a whole number and a unit; write such as " +
                                         std::string(scale.examples));
    }
    if (unit.size() > 1 && unit.front() == ' ') unit.remove_prefix(1);
    if (unit.empty()) {
        return Parsed<std::int64_t>::bad(in_quotes(text) + " has no unit (" + std::string(scale.words) +
                                         "); write such as " + std::string(scale.examples));
    }
    for (const Unit& known : scale.units) {
        if (known.name != unit) continue;
        const auto number = to_number(digits);
        if (!number || *number > std::numeric_limits<std::int64_t>::max() / known.factor) {
            return Parsed<std::int64_t>::bad(in_quotes(text) + " is too large a number");
        }
        return Parsed<std::int64_t>::good(*number * known.factor);
    }
    return unknown_unit(text, unit, scale);
}

std::string format_scaled(std::int64_t value, const Scale& scale, std::string_view space) {
    const Unit* best = &scale.units.front();
    for (const Unit& unit : scale.units) {
        if (value != 0 && value % unit.factor == 0) best = &unit;
    }
    return std::to_string(value / best->factor) + std::string(space) + std::string(best->name);
}

}  // namespace

Parsed<std::int64_t> parse_integer(std::string_view text) {
    if (text.empty() || digits_of(text).size() != text.size()) {
        return Parsed<std::int64_t>::bad(in_quotes(text) +
                                         " is not a whole number; write digits only, such as 128");
    }
    const auto number = to_number(text);
    return number ? Parsed<std::int64_t>::good(*number)
                  : Parsed<std::int64_t>::bad(in_quotes(text) + " is too large a number");
}

Parsed<std::int64_t> parse_bytes(std::string_view text) {
    return parse_scaled(text, kBytes);
}

Parsed<std::int64_t> parse_milliseconds(std::string_view text) {
    return parse_scaled(text, kTimes);
}

std::string format_bytes(std::int64_t bytes) {
    return format_scaled(bytes, kBytes, " ");
}

std::string format_milliseconds(std::int64_t milliseconds) {
    return format_scaled(milliseconds, kTimes, "");
}

}  // namespace fairlead::config
