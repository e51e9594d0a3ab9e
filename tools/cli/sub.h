// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/connection.h"
#include "cli/exit_code.h"

namespace fairlead::cli {

/// `fairlead sub`: subscribes to channels and prints what comes, a line each, until it has printed `count` or
/// is stopped. Threads: one.
struct Sub {
    Connection connection;
    std::vector<std::string> channels;
    std::uint64_t count = 0;  // 0 = without end
    bool json = false;        // each push as JSON, as it arrived

    void add_options(CLI::App& command);
    ExitCode run() const;
};

/// One push for a person: channel, offset if it has one, and what it says.
std::string describe(const client::Reply& push);

}  // namespace fairlead::cli
