// SPDX-License-Identifier: Apache-2.0
#include "support/broker.h"

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace fairlead::support {

namespace {

constexpr std::chrono::seconds kStartTimeout{20};

// The word of the output that starts with `scheme`; empty if there is none.
std::string word_with(const std::string& output, std::string_view scheme) {
    const auto begin = output.find(scheme);
    if (begin == std::string::npos) return {};
    return output.substr(begin, output.find_first_of(" ,;\"'\r\n\t", begin) - begin);
}

std::vector<std::string> command_line(const std::vector<std::string>& options,
                                      std::vector<std::string> command) {
    command.insert(command.end(), {program("fairlead-broker"), "--set", "websocket.listen=127.0.0.1:0",
                                   "--set", "backplane.listen=tcp://127.0.0.1:*"});
    command.insert(command.end(), options.begin(), options.end());
    return command;
}

}  // namespace

std::string program(std::string_view name) {
    const char* folder = std::getenv("FAIRLEAD_BIN_DIR");
    return std::string{folder != nullptr ? folder : FAIRLEAD_BIN_DIR} + "/" + std::string{name};
}

Broker::Broker(const std::vector<std::string>& options, const std::vector<std::string>& launcher) {
    auto started = client::Child::start(command_line(options, launcher));
    if (!started) throw std::runtime_error{"cannot start the broker: " + started.error().text};
    process_ = std::move(*started);
    if (!process_->wait_for_output("ready", kStartTimeout)) {
        throw std::runtime_error{"the broker did not become ready: " + process_->output()};
    }
    const auto output = process_->output();
    websocket_url_ = word_with(output, "ws://");
    if (websocket_url_.empty()) websocket_url_ = word_with(output, "wss://");
    backplane_address_ = word_with(output, "tcp://");
    if (websocket_url_.empty() || backplane_address_.empty()) {
        throw std::runtime_error{"the broker's ready line names no addresses: " + output};
    }
}

bool Broker::wait_for_reloads(int count) const {
    constexpr std::string_view kDone = "configuration reloaded";
    const auto give_up = std::chrono::steady_clock::now() + kStartTimeout;
    for (;;) {
        const auto output = process_->output();
        int seen = 0;
        for (auto at = output.find(kDone); at != std::string::npos; at = output.find(kDone, at + 1))
            ++seen;
        if (seen >= count) return seen == count;
        if (std::chrono::steady_clock::now() > give_up) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace fairlead::support
