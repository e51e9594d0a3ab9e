// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/connection.h"
#include "cli/exit_code.h"

namespace fairlead::cli {

/// `fairlead pub`: publishes one payload into a channel, or one a line of stdin. Threads: one.
struct Pub {
    Connection connection;
    std::string channel;
    std::string data;  // JSON; "-" = lines of stdin
    bool text = false;
    bool json = false;

    void add_options(CLI::App& command);
    ExitCode run() const;

private:
    ExitCode publish(client::Client& client, std::string_view payload) const;
};

}  // namespace fairlead::cli
