// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/problem.h"
#include "config/source.h"

namespace fairlead::config {

/// Where a configuration comes from.
struct Inputs {
    std::optional<std::string> file;     ///< none = the development profile
    Variables variables;                 ///< the environment
    std::vector<std::string> overrides;  ///< the "section.key=value" of --set
    std::optional<std::string> text = {};  ///< TOML in place of a file
};

/// Either a configuration that may run, or everything that is wrong with it.
struct Loaded {
    std::optional<Config> config;
    Problems problems;
};

/// Lays the sources over the strict defaults, a later one over an earlier: file or development profile,
/// environment, overrides. Reads the files of secrets and keys and checks the whole. Called again for a reload. Threads:
/// any.
Loaded load(const Inputs& inputs);

/// The strict defaults of the table. Threads: any.
Config strict_defaults();

/// "section.key" of the options that differ and are not taken over by a reload. Threads: any.
std::vector<std::string> needs_restart(const Config& running, const Config& loaded);

/// `loaded` with what a reload does not take over as it is in `running`. Threads: any.
Config reloaded(const Config& running, Config loaded);

}  // namespace fairlead::config
