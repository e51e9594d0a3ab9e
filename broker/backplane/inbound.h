// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "backplane/log_limit.h"
#include "backplane/parts.h"
#include "core/broker.h"
#include "wire/batch.h"
#include "wire/frame.h"
#include "wire/frame_reader.h"

namespace fairlead::backplane {

/// Messages that come in: checked, read, and handed to the part or to core that they are for. A peer that
/// breaks the protocol is told so and not heard any more. Threads: one, core's.
class Inbound {
public:
    explicit Inbound(Parts& parts) : parts_(parts) {}

    void attach(core::Broker& broker) noexcept { broker_ = &broker; }

    /// One message: the routing id, then pairs of header and payload. `complete` is false when it had more
    /// parts. Returns how many frames it held.
    std::size_t handle(std::vector<zmq::message_t>& message, bool complete);

    /// To be called when all input was read: what connections that were replaced still owe is lost.
    void settle_takeovers();

private:
    struct Takeover {
        core::LinkId link;
        std::vector<Dispatch::Handover> owed;
    };

    bool well_formed(std::string_view routing_id, const std::vector<zmq::message_t>& message, bool complete);
    void handle_pair(std::string_view routing_id, std::string_view header, std::string_view payload);
    void handle_stranger(std::string_view routing_id, const wire::Frame& frame);
    void heard(Link& link);

    void break_off(std::string_view routing_id, std::string_view why);
    void fault(std::string_view routing_id, std::string_view why, bool fatal);
    void log_fault(std::string_view routing_id, std::string_view why);

    void greet(std::string_view routing_id, Link* link, const wire::Greeting& frame);
    Link& link_of(const Greeted& greeted, std::string_view routing_id);
    void welcome(Link& link);
    void refuse(std::string_view routing_id, const wire::Greeting& frame, const wire::Failure& failure);
    void take_over(Link& link, const wire::Greeting& frame);

    // One for each kind that services send.
    void on(Link& link, const wire::Heartbeat& frame, std::string_view payload);
    void on(Link& link, const wire::Drain& frame, std::string_view payload);
    void on(Link& link, const wire::Goodbye& frame, std::string_view payload);
    void on(Link& link, const wire::Request& frame, std::string_view payload);
    void on(Link& link, const wire::Reply& frame, std::string_view payload);
    void on(Link& link, const wire::Error& frame, std::string_view payload);
    void on(Link& link, const wire::Returned& frame, std::string_view payload);
    void on(Link& link, const wire::Cancel& frame, std::string_view payload);
    void on(Link& link, const wire::Event& frame, std::string_view payload);
    void on(Link& link, const wire::Publication& frame, std::string_view payload);
    void on(Link& link, const wire::Push& frame, std::string_view payload);
    void on(Link& link, const wire::Control& frame, std::string_view payload);
    void on(Link& link, const wire::Probe& frame, std::string_view payload);
    void on(Link& link, const wire::Unknown& frame, std::string_view payload);
    /// All others are the broker's own.
    template <typename F>
    void on(Link&, const F&, std::string_view) {
        ++parts_.counts.unexpected;
    }

    wire::Failure check_payload(Link& link, std::string_view payload);
    wire::Failure check_event(Link& link, const wire::Event& frame, std::string_view payload);
    void taken(Link& link, std::string_view payload);
    void acknowledge(Link& link, wire::Ack ack, const wire::Failure& failure);
    void acknowledge(Link& link, std::uint64_t id, const core::Reached& reached);

    Parts& parts_;
    core::Broker* broker_ = nullptr;
    wire::FrameReader reader_;
    LogLimit fault_limit_;
    LogLimit payload_limit_;
    LogLimit refusal_limit_;
    std::vector<Takeover> takeovers_;
};

}  // namespace fairlead::backplane
