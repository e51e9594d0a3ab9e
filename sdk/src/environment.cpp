// SPDX-License-Identifier: Apache-2.0
#include "src/environment.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "base/curve_key.h"

namespace fairlead::detail {
namespace {

constexpr std::string_view kDefaultBroker = "tcp://127.0.0.1:7000";
constexpr unsigned kMinThreads = 4;
constexpr unsigned kMaxThreads = 1024;

std::string_view variable_text(const GetVariable& variable, const char* name) {
    const char* text = variable(name);
    return text != nullptr ? std::string_view(text) : std::string_view();
}

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> items;
    while (!list.empty()) {
        std::size_t comma = std::min(list.find(','), list.size());
        std::string_view item = list.substr(0, comma);
        while (!item.empty() && item.front() == ' ')
            item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ')
            item.remove_suffix(1);
        if (!item.empty()) items.emplace_back(item);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return items;
}

unsigned to_threads(std::string_view text) {
    unsigned threads = 0;
    auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), threads);
    if (fault != std::errc() || end != text.data() + text.size() || threads == 0) {
        throw std::invalid_argument("FAIRLEAD_SDK_THREADS must be a number from 1 on");
    }
    return threads;
}

LogLevel to_level(std::string_view text) {
    if (text == "debug") return LogLevel::debug;
    if (text == "info") return LogLevel::info;
    if (text == "warning") return LogLevel::warning;
    if (text == "error") return LogLevel::error;
    throw std::invalid_argument("FAIRLEAD_SDK_LOG must be debug, info, warning or error");
}

void check_broker(const std::string& broker) {
    std::string_view text = broker;
    bool tcp = text.substr(0, 6) == "tcp://" && text.size() > 6 && text.rfind(':') > 5;
    bool ipc = text.substr(0, 6) == "ipc://" && text.size() > 6;
    if (tcp || ipc) return;
    throw std::invalid_argument("broker `" + broker + "` is neither tcp://host:port nor ipc://path");
}

void complete_brokers(ServiceOptions& options, const GetVariable& variable) {
    if (options.brokers.empty()) options.brokers = split(variable_text(variable, "FAIRLEAD_SDK_BROKERS"));
    if (options.brokers.empty()) options.brokers.emplace_back(kDefaultBroker);
    if (options.brokers.size() > 1) {
        throw std::invalid_argument("this version of the SDK links to one broker: " +
                                    std::to_string(options.brokers.size()) + " are named");
    }
    check_broker(options.brokers.front());
}

void complete_keys(ServiceOptions& options, const GetVariable& variable) {
    if (options.server_keys.empty()) {
        options.server_keys = split(variable_text(variable, "FAIRLEAD_SDK_SERVER_KEYS"));
    }
    if (options.key_file.empty() && options.secret_key.empty()) {
        options.key_file = variable_text(variable, "FAIRLEAD_SDK_KEY_FILE");
    }
    for (const std::string& key : options.server_keys) {
        if (!base::valid_public_key(key)) {
            throw std::invalid_argument("server key `" + key + "` is no public key: 40 characters of Z85");
        }
    }
    if (!options.key_file.empty() && !options.secret_key.empty()) {
        throw std::invalid_argument("both key_file and secret_key are set");
    }
    const bool own = !options.key_file.empty() || !options.secret_key.empty();
    if (own && options.server_keys.empty()) {
        throw std::invalid_argument("the service has a key, but the broker's public key is missing (server_keys)");
    }
    if (!own && !options.server_keys.empty()) {
        throw std::invalid_argument("the broker has a key, but the service has none (key_file)");
    }
}

void complete_threads(ServiceOptions& options, const GetVariable& variable) {
    if (options.threads == 0) {
        std::string_view text = variable_text(variable, "FAIRLEAD_SDK_THREADS");
        options.threads =
            text.empty() ? std::max(kMinThreads, std::thread::hardware_concurrency()) : to_threads(text);
    }
    if (options.threads > kMaxThreads) throw std::invalid_argument("more than 1024 handler threads");
}

void check_times(const ServiceOptions& options) {
    using std::chrono::milliseconds;
    if (options.call_timeout <= milliseconds(0)) throw std::invalid_argument("call_timeout must be positive");
    if (options.send_timeout <= milliseconds(0)) throw std::invalid_argument("send_timeout must be positive");
    if (options.stop_timeout < milliseconds(0))
        throw std::invalid_argument("stop_timeout must not be negative");
}

}  // namespace

ServiceOptions complete(ServiceOptions options, const GetVariable& variable) {
    complete_brokers(options, variable);
    complete_keys(options, variable);
    complete_threads(options, variable);
    check_times(options);
    std::string_view level = variable_text(variable, "FAIRLEAD_SDK_LOG");
    if (!level.empty()) options.log_level = to_level(level);
    return options;
}

}  // namespace fairlead::detail
