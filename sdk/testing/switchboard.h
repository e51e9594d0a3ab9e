// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include <zmq.hpp>

#include "base/wakeup.h"
#include "base/zmq_socket.h"
#include "testing/clock.h"
#include "wire/frame_reader.h"

namespace fairlead::testing {

using Message = std::vector<zmq::message_t>;  ///< as on the wire

/// One connection of a service. Guarded by the switchboard's mutex, but for `arrived`.
struct Cable {
    std::string routing_id;
    std::deque<Message> to_service;
    bool ended = false;
    base::Wakeup arrived;  ///< readable: there is something for the service to look at
};

/// The place of one service's I/O thread. Guarded by the switchboard's mutex, but for `call`.
struct Seat {
    std::string service;   ///< as its greeting said
    std::string instance;  ///< empty: it has not greeted yet
    std::shared_ptr<Cable> cable;

    // Whether it has something to do.
    std::function<bool()> idle;  ///< of its handlers
    bool waiting = false;        ///< in wait(), for these:
    std::vector<pollfd> descriptors;
    std::uint64_t saw = 0;                ///< how often the clock had moved when it looked
    std::optional<base::Steady> left_at;  ///< it stops: from here on its time runs
    base::Wakeup call;                    ///< has it look at the clock

    // What is wrong with it.
    bool unplugged = false;  ///< no connection can be made
    bool killed = false;     ///< never again
    bool holds_outcomes = false;
    Message held;
    unsigned duplicates = 0;
};

/// All that lies between the services and the broker: their connections, what is wrong with those, and who
/// has something to do. Threads: any.
class Switchboard {
public:
    explicit Switchboard(Clock& clock) : clock_(clock) {}

    /// Guards everything here, and what others keep beside it. `changed` is told of each change.
    mutable std::mutex mutex;
    std::condition_variable changed;

    // ---- with the mutex held

    bool broker_waits = false;     ///< its thread has nothing to do
    std::uint64_t broker_saw = 0;  ///< how often the clock had moved when it looked
    std::uint64_t moved() const noexcept { return moved_; }
    bool message_waits() const noexcept { return !to_broker_.empty(); }
    /// What still has something to do, for people; empty = nothing. `handlers`: those too.
    std::string busy(bool handlers) const;
    /// Of an instance; nullptr: it has not greeted.
    Seat* find(std::string_view instance);

    void unplug(Seat& seat);
    /// What was held goes to the broker.
    void release_outcomes(Seat& seat);

    // ---- without it

    void advance(std::chrono::nanoseconds by);
    /// The broker is gone: all connections end, and time runs.
    void shut();
    bool is_shut() const;

    std::shared_ptr<Seat> sit(std::function<bool()> idle);
    void rise(const std::shared_ptr<Seat>& seat);

    /// One that has ended already where no connection can be made.
    std::shared_ptr<Cable> plug(Seat& seat);
    void unplug(Cable& cable);

    // The service's end of a cable.
    base::SendOutcome send(Seat& seat, Cable& cable, std::span<zmq::message_t> parts);
    base::ReceiveOutcome receive(Cable& cable, Message& parts);
    bool has_ended(const Cable& cable) const;

    // The broker's end of all of them. Each message has the routing id in front.
    base::SendOutcome send_to_service(std::span<zmq::message_t> parts);
    base::ReceiveOutcome receive_of_services(Message& parts);
    bool readable() const;

private:
    void end(Cable& cable);
    void pass(Cable& cable, Message&& pairs);
    bool holds(Seat& seat, const wire::Frame& frame) const;

    Clock& clock_;
    bool shut_ = false;
    std::uint64_t moved_ = 0;
    std::uint32_t last_cable_ = 0;
    std::map<std::string, std::shared_ptr<Cable>, std::less<>> cables_;  // by routing id
    std::vector<std::shared_ptr<Seat>> seats_;
    std::deque<Message> to_broker_;
    wire::FrameReader reader_;
};

}  // namespace fairlead::testing
