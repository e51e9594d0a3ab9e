// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/source.h"
#include "config/table.h"

/// Between what a source says and what an option holds.
///
/// Threads: any.
namespace fairlead::config {

/// What `raw` means for this option; refused if its type, unit, range or grammar is wrong.
Parsed<Value> read_value(const Row& row, const Raw& raw);

/// The value as TOML has it: true, 128, "64 KiB", ["a", "b"]. read_toml and read_value give it back.
std::string format_value(const Row& row, const Value& value);

/// A TOML string with what must be escaped escaped.
std::string toml_string(std::string_view text);

/// A TOML list of strings.
std::string toml_list(const std::vector<std::string>& items);

/// Whether the option is a number of something.
bool is_number(const Row& row);

/// A number with the unit that the option has.
std::string format_number(const Row& row, std::int64_t number);

/// The words of a choice.
std::vector<std::string> choices_of(const Row& row);

/// The row's strict default.
Value standard_of(const Row& row);

/// "64 B to 8 MiB" for numbers, "text or json" for choices, else empty.
std::string range_of(const Row& row);

/// What TOML writes for this kind of option: "a size in quotes".
std::string expectation_of(const Row& row);

}  // namespace fairlead::config
