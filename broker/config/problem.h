// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::config {

/// One thing that is wrong: where, and what to write instead. Prints as one line.
struct Problem {
    std::string where;  ///< "fairlead.toml:3:1", "FAIRLEAD_LOG_LEVEL", "--set log.level"; empty = the whole
    std::string what;
};

using Problems = std::vector<Problem>;

/// "where: what", or `what` alone.
std::string line_of(const Problem& problem);

/// A value, or why there is none: a phrase that fits behind "section.key: ".
template <class T>
struct Parsed {
    std::optional<T> value;
    std::string why;

    static Parsed good(T v) { return {std::move(v), {}}; }
    static Parsed bad(std::string w) { return {std::nullopt, std::move(w)}; }
};

/// `text` in double quotes, escaped and cut so that it stays on one line of a terminal.
std::string in_quotes(std::string_view text);

/// "a, b or c".
std::string one_of(const std::vector<std::string>& words);

}  // namespace fairlead::config
