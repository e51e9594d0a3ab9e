// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "config/problem.h"

/// What the sources of a configuration say, before the table decides what it means.
namespace fairlead::config {

/// A value out of an environment variable or a flag: its type is not known yet.
struct Untyped {
    std::string text;
};

/// A value of a type that no option has; `what` names it: "a table", "a number with a fraction".
struct Unusable {
    std::string what;
};

using Raw = std::variant<Untyped, bool, std::int64_t, std::string, std::vector<std::string>, Unusable>;

/// One "section.key = value", or the head of a section, which comes before its keys.
struct Entry {
    std::string section;
    std::string key;
    Raw value;
    std::string where;
    bool is_head = false;
};

/// One [[section]] of a list of tables.
struct TableEntry {
    std::string section;
    std::vector<Entry> entries;
    std::string where;
};

struct Source {
    std::vector<Entry> entries;      ///< in the order of the file
    std::vector<TableEntry> tables;  ///< in the order of the file
    Problems problems;
    std::string folder;  ///< where relative paths start; empty = the working directory
};

/// Reads TOML; `name` is what places say ("fairlead.toml" gives "fairlead.toml:3:1"). Threads: any.
Source read_toml(std::string_view text, const std::string& name);

/// Reads a TOML file of at most 1 MiB. Threads: any.
Source read_toml_file(const std::string& path);

using Variables = std::vector<std::pair<std::string, std::string>>;

/// The process's environment. Threads: while no other one changes it.
Variables environment();

/// Takes FAIRLEAD_SECTION_KEY out of `variables`; what belongs to other programs is left alone. Threads: any.
Source read_environment(const Variables& variables);

/// Takes the "section.key=value" of --set. Threads: any.
Source read_overrides(const std::vector<std::string>& overrides);

}  // namespace fairlead::config
