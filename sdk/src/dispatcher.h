// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>
#include <zmq.hpp>

#include "base/clock.h"
#include "src/endpoint_state.h"
#include "src/inbox.h"
#include "src/leases.h"
#include "src/link.h"
#include "src/request_state.h"
#include "src/shared.h"
#include "src/strands.h"
#include "src/worker_pool.h"
#include "wire/frame.h"
#include "wire/topic_map.h"

namespace fairlead::detail {

/// Requests and events that come in: who handles them, whether there is room, whose turn it is, and the way
/// of each request's outcome back to the broker. Threads: the I/O thread's.
class Dispatcher {
public:
    /// What `endpoints` and `listeners` name outlives the dispatcher.
    Dispatcher(std::shared_ptr<Shared> shared, Link& link, WorkerPool& pool, Leases& leases,
               const Endpoints& endpoints, std::deque<ListenerState>& listeners,
               std::size_t event_queue_bytes);

    void on_request(const wire::Request& frame, zmq::message_t&& payload, base::Steady now);
    void on_cancel(const wire::Cancel& frame);
    void on_event(const wire::Event& frame, zmq::message_t&& payload);

    /// Hands what came in this turn to the handler threads.
    void submit();

    /// A request has its outcome: it goes to the broker, now or when the link is back.
    void on_answered(const std::shared_ptr<RequestState>& request);
    /// A request that has a place is over: the next one's turn.
    void on_turn_ended(const RequestState& request);
    void on_event_heard(const EventHeard& heard);
    /// The broker is told; what was taken before goes on.
    void set_window(const SetWindow& wish);

    /// The same run of the broker as before gets the outcomes that waited; another one wants none of them.
    void on_welcome(bool new_boot);

    /// What comes now is handed back.
    void drain() { draining_ = true; }
    /// Events that still come are dropped, so that their stream has an end.
    void close_events() { events_closed_ = true; }
    /// Nobody will take the outcomes of what runs.
    void cancel_all();

    /// Nothing more runs for the service: what still waits is dropped.
    void close();

    /// All requests have their outcomes, and their handlers have ended where others wait for that.
    bool idle() const { return running_.empty() && turns_.empty(); }
    /// No event waits for its turn.
    bool heard() const { return event_turns_.empty(); }
    std::vector<wire::CallId> running() const;
    wire::Heartbeat heartbeat(base::Steady now) const;

private:
    using Listeners = std::vector<ListenerState*>;

    bool find_place(EndpointState& endpoint, const wire::Request& frame, std::unique_ptr<Place>& place);
    bool find_lease(EndpointState& endpoint, const wire::Request& frame, Place& place);
    void wait_for_turn(std::shared_ptr<RequestState> request);
    void go_on_with_leased();
    void cancel(const std::shared_ptr<RequestState>& request);
    bool stop_waiting(const std::shared_ptr<RequestState>& request);
    void refuse(wire::CallId call, const Error& why);
    void give_back(wire::CallId call, wire::ReturnReason reason);
    void send_outcome(RequestState& request);
    void forget_all();
    void release(RequestState& request);
    void update_in_flight();
    void drop_event(std::string_view topic, std::string_view why);

    const std::shared_ptr<Shared> shared_;
    Link& link_;
    WorkerPool& pool_;
    Leases& leases_;
    const std::size_t event_queue_bytes_;
    const std::shared_ptr<std::atomic<std::size_t>> event_bytes_ =
        std::make_shared<std::atomic<std::size_t>>(0);

    const Endpoints& endpoints_;
    wire::TopicMap<Listeners> listeners_;
    std::unordered_map<wire::CallId, std::shared_ptr<RequestState>> running_;
    std::vector<std::shared_ptr<RequestState>>
        held_;  ///< with an outcome, while there is no link; also in running_
    Strands<std::shared_ptr<RequestState>> turns_;  ///< of endpoints that are serial
    Strands<std::shared_ptr<Task>> event_turns_;    ///< of listeners that are serial
    std::vector<std::shared_ptr<Task>> new_tasks_;
    std::uint64_t generation_ = 0;  ///< of the broker's run
    bool draining_ = false;
    bool events_closed_ = false;
    bool dropping_events_ = false;  ///< the log has it
    bool unleased_ = false;         ///< the log has it
};

}  // namespace fairlead::detail
