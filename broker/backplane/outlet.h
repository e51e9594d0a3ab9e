// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "backplane/instance.h"
#include "backplane/pending_list.h"
#include "core/request.h"
#include "wire/frame.h"

namespace fairlead::backplane {

/// An event on its way to one instance of a group. All copies share the event.
struct EventCopy {
    std::shared_ptr<const core::Event> event;
    std::shared_ptr<const std::string> group;
};

/// What the parts with rules ask of the gateway. Sending puts a frame into the batch of the instance's link;
/// whether it left is known at the end of the turn. Threads: one, core's.
class Outlet {
public:
    virtual ~Outlet() = default;

    /// False: the request cannot be written as a frame, ever.
    virtual bool send_request(Instance& instance, const Pending& pending) = 0;
    virtual void send_cancel(Instance& instance, core::CallId call) = 0;
    virtual void send_lease(Instance& instance, const wire::Lease& lease) = 0;
    /// False: the event cannot be written as a frame, ever.
    virtual bool send_event(Instance& instance, const EventCopy& copy) = 0;

    /// To core. It may come back at once with new requests and cancels.
    virtual void settle(core::CallId call, core::Outcome&& outcome) = 0;
};

}  // namespace fairlead::backplane
