// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <string>

#include "client/client.h"

namespace fairlead::cli {

/// How the commands that are WebSocket clients reach the broker. Threads: one.
struct Connection {
    std::string url = "ws://127.0.0.1:8000/connection/websocket";
    std::string token;
    std::string origin;
    std::string data;
    client::TlsOptions tls;
    double timeout_seconds = 5;

    /// Adds --url, --token, --connect-data, --origin, --timeout and those of TLS to a command.
    void add_options(CLI::App& command);
    client::Result<client::Client> open() const;
};

/// A payload argument as the one line of JSON that the protocol wants; nothing if it is no JSON. With
/// `as_text` any text becomes a JSON string.
client::Result<std::string> payload_of(std::string_view argument, bool as_text);

}  // namespace fairlead::cli
