// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>
#include <zmq.hpp>

#include "backplane/greeter.h"
#include "backplane/handlers.h"
#include "backplane/log_limit.h"
#include "backplane/parts.h"
#include "backplane/sender.h"
#include "core/broker.h"
#include "wire/frame.h"
#include "wire/frame_reader.h"

namespace fairlead::backplane {

/// Messages that come in: checked, read, and handed on. A peer that breaks the protocol is told so and not
/// heard for a while. Threads: one, core's.
class Inbound {
public:
    explicit Inbound(Parts& parts) : parts_(parts), greeter_(parts), handlers_(parts) {}

    void attach(core::Broker& broker) noexcept;

    /// One message: the routing id, then pairs of header and payload. `complete` is false when it had more
    /// parts. Returns how many frames it held.
    std::size_t handle(std::vector<zmq::message_t>& message, bool complete);

    /// To be called when all input was read.
    void settle_takeovers() { greeter_.settle_takeovers(); }

private:
    bool identify(std::string_view routing_id, const std::vector<zmq::message_t>& message);
    bool well_formed(std::string_view routing_id, const std::vector<zmq::message_t>& message, bool complete);
    bool handle_pair(std::string_view routing_id, std::string_view header, std::string_view payload);
    void handle_stranger(std::string_view routing_id, const wire::Frame& frame);

    bool fault(std::string_view routing_id, std::string_view why, bool fatal);
    void log_fault(const Link* link, std::string_view why);
    void break_off(std::string_view routing_id, Link* link, std::string_view why);

    Parts& parts_;
    Greeter greeter_;
    Handlers handlers_;
    core::Broker* broker_ = nullptr;
    wire::FrameReader reader_;
    Sender sender_;  ///< of the message at hand
    LogLimit fault_limit_;
};

}  // namespace fairlead::backplane
