// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What to say of names that are not in the table.
///
/// Threads: any.
namespace fairlead::config {

/// The sections of the table, and the lists of tables.
std::vector<std::string> sections();


/// The keys of one section, in the table's order.
std::vector<std::string> keys_of(std::string_view section);

/// Whether it is written [[section]].
bool is_list_of_tables(std::string_view section);

std::string explain_section(std::string_view section);

/// For an unknown key of a known section.
std::string explain_key(std::string_view section, std::string_view key);

/// For a value outside every section.
std::string explain_outside(std::string_view key);

}  // namespace fairlead::config
