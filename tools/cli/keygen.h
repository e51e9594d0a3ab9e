// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <string>

#include "cli/exit_code.h"

namespace fairlead::cli {

/// `fairlead keygen`: makes the key of a broker or a service, or says the public half of one. Threads: one.
struct Keygen {
    std::string out = "fairlead.key";
    std::string show;  // a key file whose public key is wanted

    void add_options(CLI::App& command);
    /// Prints the public key alone on a line.
    ExitCode run() const;
};

}  // namespace fairlead::cli
