// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/jwt.h"
#include "client/result.h"

namespace fairlead::cli {

/// `fairlead token`: mints a token of a connection, or of a subscription, with the secret that the broker has
/// too or with the private half of a key that it has. Threads: one.
struct Token {
    std::string secret_file = "build/development.secret";
    std::string key_file;   // PEM; not empty: the secret is not used
    std::string algorithm;  // empty: HS256, or the usual one of the key
    std::string kid;
    std::string user;
    std::string channel;  // not empty: a token of a subscription
    std::string client;
    std::string session;
    std::string info;  // JSON
    std::string meta;  // JSON object
    std::string audience;
    std::string issuer;
    std::vector<std::string> labels;
    std::vector<std::string> more;              // name=value
    std::int64_t lifetime_seconds = 3600;       // 0 = without end
    std::optional<std::int64_t> grant_seconds;  // of what the token gives, instead; 0 = without end
    bool json = false;

    void add_options(CLI::App& command);
    ExitCode run() const;

    /// The claims as JSON; an error names what is wrong with an option.
    client::Result<std::string> claims(std::int64_t now_seconds) const;

private:
    void add_claims(CLI::App& command);
    client::Result<Signer> signer() const;
};

/// The secret as the broker reads it: the file's bytes without one newline at the end, at least 32.
client::Result<std::string> read_secret(const std::string& path);

}  // namespace fairlead::cli
