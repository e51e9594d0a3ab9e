// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.h"

#include <CLI/CLI.hpp>

#include "app/version.h"

namespace fairlead::app {
namespace {

constexpr int kUsageError = 2;

constexpr const char* kWhat =
    "Fairlead stands between WebSocket clients and services: clients connect to it with a Centrifuge SDK,\n"
    "services connect to it from behind with the Fairlead SDK.";

constexpr const char* kMore =
    "Without --config the broker runs on its development profile: everybody is let in, on loopback only.\n"
    "WebSocket clients then find it at ws://127.0.0.1:8000/connection/websocket, services at\n"
    "tcp://127.0.0.1:7000.\n"
    "\n"
    "Each option can also come from the environment, as FAIRLEAD_SECTION_KEY. The order is: file or\n"
    "development profile, environment, --set; what comes later wins.\n"
    "\n"
    "Examples:\n"
    "  fairlead-broker\n"
    "  fairlead-broker --set client.max_message='128 KiB' --set client.topics='orders.*,chat.>'\n"
    "  fairlead-broker --config /etc/fairlead/fairlead.toml --check-config\n"
    "\n"
    "Signals: TERM ends it cleanly, a second TERM at once.";

void describe(CLI::App& app, CommandLine& line) {
    app.description(kWhat);
    app.footer(kMore);
    app.get_formatter()->column_width(34);
    app.set_help_flag("-h,--help", "Print this and exit");
    app.set_version_flag("--version", std::string("fairlead-broker ") + kVersion,
                         "Print the version and exit");
    app.add_option("--config", line.file, "Read the configuration from this TOML file")->type_name("FILE");
    app.add_option("--set", line.overrides, "Set one option; may be given many times")
        ->type_name("SECTION.KEY=VALUE")
        ->allow_extra_args(false);
    auto* check = app.add_flag_callback(
        "--check-config", [&] { line.action = Action::check_config; },
        "Print the configuration in force, or all that is wrong with it, and exit");
    app.add_flag_callback(
           "--print-development", [&] { line.action = Action::print_development; },
           "Print the development profile and exit")
        ->excludes(check);
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& errors) {
    CommandLine line;
    CLI::App app;
    describe(app, line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        line.exit_status = app.exit(error, out, errors) == 0 ? 0 : kUsageError;
    }
    return line;
}

}  // namespace fairlead::app
