// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/ports.h"

namespace fairlead::core {

/// The edge threads, as the rules speak to them.
/// Threads: one.
class Edges {
public:
    explicit Edges(std::vector<EdgePort*> ports) : ports_(std::move(ports)) {}

    std::size_t size() const noexcept { return ports_.size(); }
    bool has_room(EdgeIndex edge) const { return ports_[edge]->has_room(); }

    Deliveries deliveries() const {
        Deliveries all;
        for (const EdgePort* each : ports_)
            all += each->deliveries();
        return all;
    }

    void post(EdgeIndex edge, ToEdge&& message) { ports_[edge]->post(std::move(message)); }
    void fail(const ClientKey& client, std::uint32_t id, wire::Failure&& failure) {
        post(client.edge, Failed{client, id, false, std::move(failure)});
    }
    void close(const ClientKey& client, std::uint16_t code, std::string reason = {}) {
        post(client.edge, CloseClient{client, code, std::move(reason)});
    }
    void close(const ClientKey& client, wire::Close code, std::string reason = {}) {
        close(client, static_cast<std::uint16_t>(code), std::move(reason));
    }

private:
    std::vector<EdgePort*> ports_;
};

}  // namespace fairlead::core
