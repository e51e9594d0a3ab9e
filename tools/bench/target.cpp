// SPDX-License-Identifier: Apache-2.0
#include "bench/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <toml++/toml.h>

#include "bench/usage.h"
#include "client/websocket.h"

namespace fairlead::bench {
namespace {

using client::Child;
using client::Clock;
using client::Descriptor;
using client::Error;
using client::Fault;
using client::Result;
using std::chrono::milliseconds;

constexpr milliseconds kStart{10000};
constexpr milliseconds kRetry{20};

/// A loopback port that was free a moment ago.
std::uint16_t free_port() {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.get(), generic, size) != 0 || ::getsockname(socket.get(), generic, &size) != 0)
        return 0;
    return ntohs(address.sin_port);
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words)
        out += (out.empty() ? "" : " ") + word;
    return out;
}

/// `a.b = 1; c.d = "x"`: the file without its comments and layout.
std::string flat(const toml::table& table, const std::string& prefix = {}) {
    std::string out;
    for (const auto& [key, value] : table) {
        const std::string name = prefix + std::string(key.str());
        std::ostringstream text;
        if (const auto* inner = value.as_table()) {
            text << flat(*inner, name + ".");
        } else {
            text << name << " = ";
            value.visit([&](const auto& node) { text << node; });
        }
        out += (out.empty() ? "" : "; ") + text.str();
    }
    return out;
}

std::string flat_file(const std::string& path) {
    try {
        return flat(toml::parse_file(path));
    } catch (const toml::parse_error& error) {
        return path + ": " + std::string(error.description());
    }
}

}  // namespace

Result<Target> Target::start(const TargetOptions& options) {
    Target target;
    target.pin_ = options.pin;
    if (!options.broker.empty()) {
        if (auto done = target.launch(options); !done) return done.error();
        return target;
    }
    auto url = client::parse_url(options.attach);
    if (!url) return url.error();
    if (url->tls) return client::Error{client::Fault::malformed, "no load over wss://: attach to a ws:// broker"};
    target.url_ = std::move(*url);
    target.pid_ = options.pid;
    return target;
}

Result<void> Target::launch(const TargetOptions& options) {
    const std::string port = std::to_string(free_port());
    backplane_ = "tcp://127.0.0.1:" + std::to_string(free_port());
    command_ = {options.broker, "--set", "websocket.listen=127.0.0.1:" + port, "--set",
                "backplane.listen=" + backplane_};
    if (!options.config.empty()) command_.insert(command_.end(), {"--config", options.config});
    for (const auto& setting : options.settings)
        command_.insert(command_.end(), {"--set", setting});
    if (!options.config.empty()) config_ = flat_file(options.config);
    auto child = Child::start(command_, broker_core());
    if (!child) return child.error();
    child_ = std::move(*child);
    pid_ = child_->pid();
    url_ = *client::parse_url("ws://127.0.0.1:" + port + "/connection/websocket");
    const auto deadline = Clock::now() + kStart;
    while (!client::WebSocket::open(url_)) {
        if (child_->wait_exit(kRetry) || Clock::now() > deadline) {
            return Error{Fault::io,
                         "the broker did not start: " + joined(command_) + "\n" + child_->output()};
        }
    }
    return {};
}

void Target::describe(Report& report) const {
    report.note("broker", command_.empty() ? url_.authority() + url_.target : joined(command_));
    if (!config_.empty()) report.note("config", config_);
}

}  // namespace fairlead::bench
