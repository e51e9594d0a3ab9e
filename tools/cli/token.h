// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <cstdint>
#include <string>

#include "cli/exit_code.h"
#include "client/result.h"

namespace fairlead::cli {

/// `fairlead token`: mints a connection token with the secret that the broker has too. Threads: one.
struct Token {
    std::string secret_file = "build/development.secret";
    std::string user;
    std::string session;
    std::string info;  // JSON
    std::string meta;  // JSON object
    std::string audience;
    std::string issuer;
    std::int64_t lifetime_seconds = 3600;  // 0 = without end
    bool json = false;

    void add_options(CLI::App& command);
    ExitCode run() const;

    /// The claims as JSON; an error names what is wrong with an option.
    client::Result<std::string> claims(std::int64_t now_seconds) const;
};

/// The secret as the broker reads it: the file's bytes without one newline at the end, at least 32.
client::Result<std::string> read_secret(const std::string& path);

}  // namespace fairlead::cli
