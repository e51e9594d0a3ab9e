// SPDX-License-Identifier: Apache-2.0
#include <fairlead/endpoint.h>

#include <stdexcept>

#include "src/endpoint_state.h"
#include "wire/topic.h"

namespace fairlead {
namespace {

void require_setup(bool started) {
    if (started) throw std::logic_error("endpoints and listeners are set up before Service::start()");
}

}  // namespace

Endpoint& Endpoint::timeout(std::chrono::milliseconds timeout) {
    require_setup(state_->started);
    if (timeout <= std::chrono::milliseconds(0))
        throw std::invalid_argument("an endpoint's timeout must be positive");
    state_->timeout = timeout;
    return *this;
}

Endpoint& Endpoint::window(std::uint32_t requests) {
    require_setup(state_->started);
    if (requests == 0) throw std::invalid_argument("an endpoint's window is at least 1");
    state_->window = requests;
    return *this;
}

Endpoint& Endpoint::idempotent() {
    require_setup(state_->started);
    state_->idempotent = true;
    return *this;
}

Listener& Listener::group(std::string name) {
    require_setup(state_->started);
    if (!wire::valid_topic(name)) throw std::invalid_argument("`" + name + "` is no name of a group");
    state_->group = std::move(name);
    return *this;
}

}  // namespace fairlead
