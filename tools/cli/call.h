// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <string>
#include <vector>

#include "cli/exit_code.h"

namespace fairlead::cli {

/// `fairlead call`: joins the backplane as a service, asks one topic and prints the answer. Threads: one.
struct Call {
    std::string broker = "tcp://127.0.0.1:7000";
    std::string name = "fairlead-cli";
    std::string key_file;
    std::string server_key;
    std::string topic;
    std::string data = "null";  // JSON
    std::vector<std::string> headers;
    double timeout_seconds = 4;
    bool text = false;
    bool json = false;  // errors as well as answers as one JSON object

    void add_options(CLI::App& command);
    ExitCode run() const;
};

}  // namespace fairlead::cli
