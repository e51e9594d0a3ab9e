// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "backplane/log_limit.h"
#include "backplane/parts.h"
#include "core/broker.h"
#include "wire/frame.h"

namespace fairlead::backplane {

/// What the frames of services mean: each goes to the part or to core that it is for, after its payload was
/// checked. A greeting is the greeter's. Threads: one, core's.
class Handlers {
public:
    explicit Handlers(Parts& parts) : parts_(parts) {}

    void attach(core::Broker& broker) noexcept { broker_ = &broker; }

    // One for each kind that services send.
    void on(Link& link, const wire::Heartbeat& frame, std::string_view payload);
    void on(Link& link, const wire::Drain& frame, std::string_view payload);
    void on(Link& link, const wire::Goodbye& frame, std::string_view payload);
    void on(Link& link, const wire::Window& frame, std::string_view payload);
    void on(Link& link, const wire::Request& frame, std::string_view payload);
    void on(Link& link, const wire::Reply& frame, std::string_view payload);
    void on(Link& link, const wire::Error& frame, std::string_view payload);
    void on(Link& link, const wire::Returned& frame, std::string_view payload);
    void on(Link& link, const wire::Cancel& frame, std::string_view payload);
    void on(Link& link, const wire::Release& frame, std::string_view payload);
    void on(Link& link, const wire::Claim& frame, std::string_view payload);
    void on(Link& link, const wire::Event& frame, std::string_view payload);
    void on(Link& link, const wire::Publication& frame, std::string_view payload);
    void on(Link& link, const wire::Push& frame, std::string_view payload);
    void on(Link& link, const wire::Revoke& frame, std::string_view payload);
    void on(Link& link, const wire::Control& frame, std::string_view payload);
    void on(Link& link, const wire::Probe& frame, std::string_view payload);
    void on(Link& link, const wire::Unknown& frame, std::string_view payload);
    /// All others are the broker's own.
    template <typename F>
    void on(Link&, const F&, std::string_view) {
        ++parts_.counts.unexpected;
    }

private:
    wire::Failure check_payload(Link& link, std::string_view payload);
    wire::Failure check_for_clients(Link& link, std::string_view payload);
    wire::Failure check_value(Link& link, std::string_view payload, bool json);
    wire::Failure check_event(Link& link, const wire::Event& frame, std::string_view payload);
    core::Reached control(Link& link, const wire::Control& frame, std::string_view payload);
    static wire::Failure check_audience(std::string_view client, std::string_view user);
    wire::Failure denied(Link& link, std::string_view what);
    void taken(Link& link, std::string_view payload);
    void acknowledge(Link& link, wire::Ack ack, const wire::Failure& failure);
    void acknowledge(Link& link, std::uint64_t id, const core::Reached& reached);

    Parts& parts_;
    core::Broker* broker_ = nullptr;
    LogLimit payload_limit_;
    LogLimit denied_limit_;
};

}  // namespace fairlead::backplane
