// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <string>
#include <vector>

#include "cli/exit_code.h"

namespace fairlead::cli {

/// `fairlead config check|show`: what the broker would do with a configuration. It asks the broker's program
/// itself, so that the answer cannot differ from what happens. Threads: one.
struct Config {
    std::string broker;  // program; empty = the one beside this program
    std::string file;    // empty = the development profile
    std::vector<std::string> settings;
    bool development = false;

    void add_check_options(CLI::App& command);
    void add_show_options(CLI::App& command);

    /// Says what is wrong or weak. The exit code is the broker's.
    ExitCode check() const;
    /// Prints all options in force with where each comes from, or the text of the development profile.
    ExitCode show() const;

private:
    void add_options(CLI::App& command);
    std::vector<std::string> command_line() const;
};

}  // namespace fairlead::cli
