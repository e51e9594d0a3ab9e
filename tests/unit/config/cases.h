// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace fairlead::config::test {

/// One case of bad/*.cases:
///
///     == a sentence
///     -- file
///     TOML; without this part the development profile
///     -- environment
///     NAME=value
///     -- set
///     section.key=value
///     -- problems
///     each line as the broker prints it, the file is called bad.toml
struct Case {
    std::string title;
    std::optional<std::string> file;
    std::vector<std::string> environment;
    std::vector<std::string> overrides;
    std::vector<std::string> problems;
};

std::vector<Case> read_cases(const std::string& path);

}  // namespace fairlead::config::test
