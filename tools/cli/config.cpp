// SPDX-License-Identifier: Apache-2.0
#include "cli/config.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>

#include <cerrno>
#include <filesystem>
#include <iostream>

#include "cli/failure.h"

extern char** environ;

namespace fairlead::cli {
namespace {

constexpr int kNotStarted = 127;

std::string program_beside_us(const std::string& name) {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

/// Runs a program to its end and gives its exit status; its output is ours, or stdout is dropped.
int run_program(const std::vector<std::string>& command, bool drop_stdout) {
    std::vector<char*> arguments;
    for (const auto& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (drop_stdout) posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t pid = 0;
    const int failure = posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) return kNotStarted;
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : kNotStarted;
}

/// Gives the program's status; says so when there is no such program.
ExitCode run_broker(const std::vector<std::string>& command, bool drop_stdout) {
    const int status = run_program(command, drop_stdout);
    if (status == kNotStarted)
        return report_usage("cannot run '" + command.front() + "'; --broker says where it is");
    return status == 0 ? kDone : status == kUsage ? kUsage : kRefused;
}

}  // namespace

void Config::add_options(CLI::App& command) {
    command.add_option("--config,file", file, "TOML file; without it the development profile is meant");
    command.add_option("--set", settings, "as for the broker: section.key=value")->allow_extra_args(false);
    command.add_option("--broker", broker, "broker program [the one beside this program]");
}

void Config::add_check_options(CLI::App& command) {
    add_options(command);
}

void Config::add_show_options(CLI::App& command) {
    add_options(command);
    command.add_flag("--development", development, "the text of the development profile itself");
}

std::vector<std::string> Config::command_line() const {
    std::vector<std::string> command{broker.empty() ? program_beside_us("fairlead-broker") : broker};
    if (!file.empty()) command.insert(command.end(), {"--config", file});
    for (const auto& setting : settings)
        command.insert(command.end(), {"--set", setting});
    return command;
}

ExitCode Config::check() const {
    auto command = command_line();
    command.emplace_back("--check-config");
    const ExitCode code = run_broker(command, true);
    if (code == kDone)
        std::cout << (file.empty() ? "development profile" : file) << ": a broker would start with it\n";
    return code;
}

ExitCode Config::show() const {
    auto command = command_line();
    command.emplace_back(development ? "--print-development" : "--check-config");
    return run_broker(command, false);
}

}  // namespace fairlead::cli
