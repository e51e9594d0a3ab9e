// SPDX-License-Identifier: Apache-2.0
#include "cli/call.h"

#include <fairlead/fairlead.h>

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>
#include <stdexcept>

#include "cli/connection.h"
#include "cli/failure.h"
#include "cli/json_value.h"

namespace fairlead::cli {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t kDeadline = 1;
constexpr std::uint32_t kUnavailable = 2;

ServiceOptions options_for(const Call& call) {
    ServiceOptions options;
    options.brokers = {call.broker};
    options.key_file = call.key_file;
    if (!call.server_key.empty()) options.server_keys = {call.server_key};
    options.threads = 1;
    options.log_level = LogLevel::error;
    return options;
}

ExitCode report_error(const Call& call, const fairlead::Error& error) {
    if (call.json) {
        std::cout << R"({"error":{"code":)" << error.code << R"(,"message":)" << client::quoted(error.message)
                  << "}}\n";
    }
    const auto code =
        report("call " + call.topic, client::ReplyError{error.code, error.message, error.temporary});
    return error.code == kDeadline ? kTooLate : error.code == kUnavailable ? kUnreachable : code;
}

ExitCode ask(const Call& call, const Value& payload, const CallOptions& options) {
    Service service{call.name, "1", options_for(call)};
    service.start();
    const milliseconds timeout{static_cast<std::int64_t>(call.timeout_seconds * 1000)};
    if (const auto ready = service.ready(timeout); !ready) {
        std::cerr << "fairlead: the broker at " << call.broker << " did not take us: " << ready.error().message
                  << "\n  --broker says where its backplane listens\n";
        return kUnreachable;
    }
    const auto answer = service.call<Value>(call.topic, payload, options);
    service.stop(milliseconds(1000));
    if (!answer) return report_error(call, answer.error());
    const std::string text = to_json(*answer);
    std::cout << (call.json ? "{\"data\":" + text + "}" : text) << '\n';
    return kDone;
}

}  // namespace

void Call::add_options(CLI::App& command) {
    command.add_option("topic", topic, "topic to ask")->required();
    command.add_option("data", data, "the payload as JSON")->capture_default_str();
    command.add_flag("--text", text, "the payload is text, sent as a string");
    command.add_option("--header", headers, "name=value, for the handler")->allow_extra_args(false);
    command.add_option("--timeout", timeout_seconds, "seconds to wait for the answer")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--broker", broker, "where the broker's backplane listens")
        ->envname("FAIRLEAD_SDK_BROKERS")
        ->capture_default_str();
    command.add_option("--name", name, "the service that we say we are")->capture_default_str();
    command.add_option("--key-file", key_file, "our secret key, if the broker wants keys")
        ->envname("FAIRLEAD_SDK_KEY_FILE");
    command.add_option("--server-key", server_key, "the broker's public key")->envname("FAIRLEAD_SDK_SERVER_KEYS");
    command.add_flag("--json", json, "print one JSON object with data or error");
}

ExitCode Call::run() const {
    const auto payload = payload_of(data, text);
    if (!payload) return report_usage(payload.error().text);
    CallOptions options;
    options.timeout(milliseconds(static_cast<std::int64_t>(timeout_seconds * 1000)));
    for (const auto& header : headers) {
        const auto at = header.find('=');
        if (at == std::string::npos || at == 0)
            return report_usage("--header wants name=value, not '" + header + "'");
        options.header(header.substr(0, at), header.substr(at + 1));
    }
    try {
        return ask(*this, to_value(*client::parse_json(*payload)), options);
    } catch (const std::invalid_argument& error) {
        return report_usage(error.what());
    }
}

}  // namespace fairlead::cli
