// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::app {

enum class Action : std::uint8_t {
    run,
    check_config,       ///< say what is in force or wrong, and end
    print_development,  ///< print the development profile, and end
};

/// What the user asked of the program.
struct CommandLine {
    Action action = Action::run;
    std::optional<std::string> file;     ///< of --config; none = the development profile
    std::vector<std::string> overrides;  ///< "section.key=value" of each --set, in their order

    std::optional<int>
        exit_status;  ///< set when help, version or an error was printed and nothing is left to do
};

/// Reads the command line. Help and version go to `out`, mistakes to `errors` (exit status 2).
/// Threads: one.
CommandLine parse_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& errors);

}  // namespace fairlead::app
