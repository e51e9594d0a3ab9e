// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/child.h"

namespace fairlead::support {

// The path of one of our built programs: program("fairlead-broker").
// Threads: any.
std::string program(std::string_view name);

// A real broker, started on free ports of loopback and ready when the constructor returns; it ends with this
// object. Without a configuration file it runs on the development profile.
// Threads: any.
class Broker {
public:
    // `options` are further command line arguments: {"--set", "client.anonymous=false"}.
    // `launcher` is a command that becomes the one behind it: {"/usr/bin/prlimit", "--nofile=128"}.
    // Throws with the broker's output if it does not become ready within 20 seconds.
    explicit Broker(const std::vector<std::string>& options = {},
                    const std::vector<std::string>& launcher = {});

    // Where clients connect: "ws://127.0.0.1:34567/connection/websocket".
    const std::string& websocket_url() const { return websocket_url_; }
    // Where services connect: "tcp://127.0.0.1:34568".
    const std::string& backplane_address() const { return backplane_address_; }
    // The process: its pid, its output, signals, the wait for its end.
    client::Child& process() { return *process_; }

    // Waits until so many reloads are done, since its start; false when that takes too long.
    bool wait_for_reloads(int count) const;

private:
    std::unique_ptr<client::Child> process_;
    std::string websocket_url_;
    std::string backplane_address_;
};

}  // namespace fairlead::support
