// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <optional>

#include "app/command_line.h"
#include "config/config.h"
#include "config/load.h"

namespace fairlead::app {

/// What the command line and the environment ask for, read anew at each call. Threads: as load_config.
config::Loaded read_config(const CommandLine& line);

/// The configuration that the command line and the environment ask for. Nothing if something is wrong with
/// it: all of it is then on `errors`, a line each. Threads: one, while no other one changes the environment.
std::optional<config::Config> load_config(const CommandLine& line, std::ostream& errors);

/// What --check-config does: the configuration in force goes to `out` as TOML, what is wrong or weak to
/// `errors`. Returns the exit status. Threads: as load_config.
int check_config(const CommandLine& line, std::ostream& out, std::ostream& errors);

}  // namespace fairlead::app
