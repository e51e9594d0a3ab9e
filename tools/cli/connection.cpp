// SPDX-License-Identifier: Apache-2.0
#include "cli/connection.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/json.h"

namespace fairlead::cli {

void Connection::add_options(CLI::App& command) {
    command.add_option("--url", url, "address of the broker")->envname("FAIRLEAD_URL")->capture_default_str();
    command.add_option("--token", token, "connection token; see fairlead token")->envname("FAIRLEAD_TOKEN");
    command.add_option("--connect-data", data, "JSON for the broker's connect hook");
    command.add_option("--origin", origin, "Origin header to send, as a browser would");
    command.add_option("--ca-file", tls.ca_file, "authorities of a wss:// broker, PEM; else those of the system");
    command.add_option("--cert-file", tls.certificate_file, "client certificate, PEM");
    command.add_option("--key-file", tls.key_file, "its private key, PEM");
    command.add_flag("--insecure-skip-verify", tls.insecure_skip_verify, "take any certificate of a wss:// broker");
    command.add_option("--timeout", timeout_seconds, "seconds to wait for each answer")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

client::Result<client::Client> Connection::open() const {
    client::ClientOptions options;
    options.token = token;
    if (!data.empty()) {
        auto payload = payload_of(data, false);
        if (!payload) return payload.error();
        options.data = std::move(*payload);
    }
    options.name = "fairlead-cli";
    options.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(timeout_seconds * 1000));
    options.websocket.timeout = options.timeout;
    options.websocket.origin = origin;
    options.websocket.tls = tls;
    return client::Client::connect(url, options);
}

client::Result<std::string> payload_of(std::string_view argument, bool as_text) {
    if (as_text) {
        if (client::parse_json(client::quoted(argument))) return client::quoted(argument);
        return client::Error{client::Fault::malformed, "the text is not UTF-8"};
    }
    if (!client::parse_json(argument)) {
        return client::Error{
            client::Fault::malformed,
            "'" + std::string(argument) + "' is no JSON; with --text it is sent as a string"};
    }
    // JSON has line breaks only between values, where a space says the same.
    std::string line(argument);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return line;
}

}  // namespace fairlead::cli
