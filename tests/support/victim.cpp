// SPDX-License-Identifier: Apache-2.0
#include "support/victim.h"

#include <stdexcept>
#include <thread>

namespace fairlead::support {

using namespace std::chrono_literals;

std::unique_ptr<client::Child> start_victim(const Broker& broker) {
    auto started = client::Child::start({program("victim_service"), broker.backplane_address()});
    if (!started) throw std::runtime_error{"cannot start the victim: " + started.error().text};
    if (!(*started)->wait_for_output("linked to the broker", kPatience))
        throw std::runtime_error{"the victim was not taken: " + (*started)->output()};
    return std::move(*started);
}

bool echoes(client::Client& client) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
        if (ask(client, "victim.echo", "1").data == "1") return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

}  // namespace fairlead::support
