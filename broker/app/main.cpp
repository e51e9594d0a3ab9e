// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <exception>
#include <iostream>
#include <optional>

#include "app/app.h"
#include "app/check_config.h"
#include "app/command_line.h"
#include "app/log_spdlog.h"
#include "app/process.h"
#include "config/development.h"

namespace {

using namespace fairlead;

// A hangup may come before anybody takes it: it waits until the broker is ready, and reloads then. Threads that start
// meanwhile take none.
void hold_hangup(bool hold) {
    sigset_t hangup;
    ::sigemptyset(&hangup);
    ::sigaddset(&hangup, SIGHUP);
    ::pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &hangup, nullptr);
}

// What is ready and where, in one line: programs that start a broker wait for it.
std::string ready_line(const app::App& broker, const config::Config& config) {
    std::string line = std::string("ready: clients at ") + (config.edge.tls_certificate_file.empty() ? "ws://" : "wss://") + broker.websocket_address() + config.edge.path + ", services at";
    for (const std::string& address : broker.backplane_addresses()) line += " " + address;
    return line;
}

int run(const app::CommandLine& line) {
    std::optional<config::Config> config = app::load_config(line, std::cerr);
    if (!config) return 2;
    app::LogSpdlog log(config->log);
    try {
        if (config->development) {
            log.warning("no configuration file: development profile, everyone may do everything, loopback only");
        }
        app::App broker(*config, log, [&line] { return app::read_config(line); });
        log.info(ready_line(broker, *config));
        hold_hangup(false);
        broker.run();
        log.info("stopped");
        return 0;
    } catch (const std::exception& error) {
        log.error(error.what());
        return 1;
    }
}

}  // namespace

int main(int argc, char** argv) {
    app::forbid_core_dumps();  // before the first key is read
    std::signal(SIGPIPE, SIG_IGN);
    hold_hangup(true);
    app::CommandLine line = app::parse_command_line(argc, argv, std::cout, std::cerr);
    if (line.exit_status) return *line.exit_status;
    switch (line.action) {
        case app::Action::check_config: return app::check_config(line, std::cout, std::cerr);
        case app::Action::print_development: std::cout << config::development_text(); return 0;
        case app::Action::run: return run(line);
    }
    return 0;
}
