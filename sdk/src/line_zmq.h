// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "src/line.h"
#include "src/link_keys.h"
#include "src/link_monitor.h"

namespace fairlead::detail {

/// A DEALER and its monitor. It never connects again by itself. Threads: one, the link's.
class LineZmq final : public Line {
public:
    /// Begins to connect, with the attempt's turn of the broker's keys. Throws zmq::error_t.
    LineZmq(zmq::context_t& context, const std::string& broker, const LinkKeys& keys, std::size_t attempt);

    bool writable() const override { return socket_.writable(); }
    base::SendOutcome send(std::span<zmq::message_t> parts) override { return socket_.send(parts); }
    base::ReceiveOutcome receive(std::vector<zmq::message_t>& parts, std::size_t max_parts) override {
        return socket_.receive(parts, max_parts);
    }
    LinkEnding ending() override { return monitor_.ending(); }
    void add_descriptors(std::vector<pollfd>& descriptors) const override;

private:
    base::ZmqSocket socket_;
    LinkMonitor monitor_;
};

}  // namespace fairlead::detail
