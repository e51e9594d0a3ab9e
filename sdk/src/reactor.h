// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <fairlead/options.h>

#include "src/alarms.h"
#include "src/calls.h"
#include "src/dispatcher.h"
#include "src/endpoint_state.h"
#include "src/feed.h"
#include "src/inbox.h"
#include "src/leases.h"
#include "src/link.h"
#include "src/outlet.h"
#include "src/readiness.h"
#include "src/session_handlers.h"
#include "src/shared.h"
#include "src/worker_pool.h"

namespace fairlead::detail {

/// Who the service is and what it does. Does not change once the service is started.
struct Registration {
    std::string service;
    std::string version;
    std::string instance;
    std::deque<EndpointState> endpoints;
    std::deque<ListenerState> listeners;
    Endpoints by_topic;  ///< into `endpoints`
    SessionHandlers session_handlers;
    std::string group;  ///< in which those listen
};

/// The I/O thread: its loop, and who gets what comes in. All that waits does so in poll(); all that a turn
/// has for the broker goes as one message. Threads: run() is the thread; nothing else is to be called while
/// it runs.
class Reactor final : private LinkOwner {
public:
    Reactor(std::shared_ptr<Shared> shared, const ServiceOptions& options, LinkKeys keys,
            Registration& registration, WorkerPool& pool, Readiness& readiness);

    /// Until Leave, or until the broker refuses us.
    void run() noexcept;

    /// Whether all had finished before the deadline of Leave. After run().
    bool clean() const noexcept { return clean_; }

private:
    void loop();
    void turn();
    void wait();
    base::Steady next_due() const;
    void take(Command&& command);
    void begin_leave(base::Steady deadline);
    void go_on_leaving();
    bool finished();
    bool handlers_ended() const;
    void end(Error why);

    wire::Greeting greeting() override;
    wire::Heartbeat heartbeat() override { return dispatcher_.heartbeat(now_); }
    void on_welcome(const wire::Welcome& welcome, bool new_boot) override;
    void on_down() override;
    void on_refused(std::uint32_t code, std::string_view reason) override;
    void on_frame(wire::Frame& frame, zmq::message_t& payload) override;

    const std::shared_ptr<Shared> shared_;
    Registration& registration_;
    WorkerPool& pool_;
    Readiness& readiness_;

    base::Steady now_;
    Link link_;
    Leases leases_;
    Dispatcher dispatcher_;
    Feed feed_;
    Calls calls_;
    Outlet outlet_;
    Alarms alarms_;
    std::vector<pollfd> descriptors_;

    bool more_ = false;  ///< something came in after the flush: no sleep before the next turn
    bool welcomed_ = false;
    bool draining_ = false;
    bool leaving_ = false;     ///< goodbye was said
    bool drain_told_ = false;  ///< the broker sends no more requests
    bool clean_ = true;
    base::Steady drain_told_by_{};
    base::Steady leave_by_{};
};

}  // namespace fairlead::detail
