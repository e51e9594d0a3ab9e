// SPDX-License-Identifier: Apache-2.0
#include <fairlead/endpoint.h>

#include <stdexcept>
#include <utility>

#include "src/endpoint_state.h"
#include "src/shared.h"
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
    if (requests == 0 || requests > wire::kMaxWindow)
        throw std::invalid_argument("an endpoint's window is at least 1 and at most 1,000,000");
    if (state_->started) {
        state_->shared.inbox.post(detail::SetWindow{state_, requests});
    } else {
        state_->window = requests;
    }
    return *this;
}

Endpoint& Endpoint::idempotent() {
    require_setup(state_->started);
    state_->idempotent = true;
    return *this;
}

Endpoint& Endpoint::route_by(RouteKey key) {
    require_setup(state_->started);
    state_->route_by = wire::parse_route_by(key.text()).value();
    state_->route_text = key.text();
    return *this;
}

Endpoint& Endpoint::serial() {
    require_setup(state_->started);
    state_->serial = true;
    state_->serial_by = {};
    return *this;
}

Endpoint& Endpoint::serial_by(RouteKey key) {
    require_setup(state_->started);
    state_->serial = true;
    state_->serial_by = wire::parse_route_by(key.text()).value();
    return *this;
}

Endpoint& Endpoint::owner(RouteKey key) {
    route_by(std::move(key));
    state_->owner = true;
    return *this;
}

Endpoint& Endpoint::on_acquired(std::function<void(const Lease&)> handler) {
    require_setup(state_->started);
    state_->acquired = std::move(handler);
    return *this;
}

Endpoint& Endpoint::on_lost(std::function<void(const Lease&)> handler) {
    require_setup(state_->started);
    state_->lost = std::move(handler);
    return *this;
}

Listener& Listener::group(std::string name) {
    require_setup(state_->started);
    if (!wire::valid_topic(name)) throw std::invalid_argument("`" + name + "` is no name of a group");
    state_->group = std::move(name);
    return *this;
}

Listener& Listener::serial() {
    require_setup(state_->started);
    state_->serial = true;
    return *this;
}

}  // namespace fairlead
