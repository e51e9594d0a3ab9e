// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "backplane/dispatch.h"
#include "backplane/log_limit.h"
#include "backplane/parts.h"
#include "backplane/sender.h"
#include "core/broker.h"
#include "wire/frame.h"

namespace fairlead::backplane {

/// Takes greetings: welcomes or refuses, and lets a known instance go on over a new connection.
/// Threads: one, core's.
class Greeter {
public:
    explicit Greeter(Parts& parts) : parts_(parts) {}

    void attach(core::Broker& broker) noexcept { broker_ = &broker; }

    /// `link` is the peer's, nullptr when it has none.
    void greet(std::string_view routing_id, Link* link, const wire::Greeting& frame, const Sender& sender);

    /// To be called when all input was read: what connections that were replaced still owe is lost.
    void settle_takeovers();

private:
    struct Takeover {
        core::LinkId link;
        std::vector<Dispatch::Handover> owed;
    };

    Greeted judge(std::string_view routing_id, const Link* link, const wire::Greeting& frame,
                  const Sender& sender);
    Link& link_of(const Greeted& greeted, std::string_view routing_id, const Sender& sender);
    void welcome(Link& link);
    void refuse(std::string_view routing_id, const wire::Greeting& frame, const wire::Failure& failure);
    void take_over(Link& link, const wire::Greeting& frame);

    Parts& parts_;
    core::Broker* broker_ = nullptr;
    LogLimit refusal_limit_;
    std::vector<Takeover> takeovers_;
};

}  // namespace fairlead::backplane
