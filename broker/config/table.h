// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"

/// The one table of options. File, environment, flags, dump, checks and documentation all go by its rows.
namespace fairlead::config {

enum class Kind : std::uint8_t { boolean, integer, bytes, duration, text, list, choice };

/// A value as the table has it: integers as they are, sizes in bytes, durations in milliseconds.
using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

/// One option.
struct Row {
    std::string_view section;
    std::string_view key;
    Kind kind = Kind::text;
    std::string_view standard;  ///< the strict default, as --set would write it
    std::string_view what;      ///< for people: one sentence or two
    Value (*get)(const Config&) = nullptr;
    void (*set)(Config&, const Value&) = nullptr;

    bool reloads = false;        ///< a changed value is taken over by a reload
    std::int64_t minimum = 0;    ///< of numbers, inclusive
    std::int64_t maximum = 0;    ///< of numbers, inclusive
    std::int64_t step = 1;       ///< numbers are multiples of it
    std::string_view zero_word;  ///< what people write for 0, such as "auto"; empty = none
    std::string_view choices;    ///< of a choice, joined by |
    std::string (*refuse)(std::string_view) =
        nullptr;           ///< why a text or a list's item is wrong; "" = it is not
    bool is_path = false;  ///< a relative one in a file starts at the file's folder
};

/// All rows, section by section. Threads: any.
const std::vector<Row>& table();

/// The row of section.key, or nullptr. Threads: any.
const Row* find_row(std::string_view section, std::string_view key);

/// "section.key". Threads: any.
std::string name_of(const Row& row);

/// "FAIRLEAD_SECTION_KEY". Threads: any.
std::string variable_of(const Row& row);

}  // namespace fairlead::config
