// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <zmq.hpp>

#include <fairlead/request.h>

#include "base/clock.h"
#include "src/endpoint_state.h"
#include "src/place.h"
#include "src/shared.h"
#include "src/worker_pool.h"
#include "wire/frame.h"

namespace fairlead::detail {

/// A request from its arrival to its outcome. The I/O thread makes it, a handler thread runs it, whoever
/// answers first sets the outcome and posts it to the I/O thread.
struct RequestState final : Task, std::enable_shared_from_this<RequestState> {
    RequestState(std::shared_ptr<Shared> shared, EndpointState& endpoint, const wire::Request& frame,
                 zmq::message_t payload, std::uint64_t link_generation, base::Steady now);

    /// Calls the handler, or hands the request back when nobody waits for it any more. Threads: a handler
    /// thread.
    void run() noexcept override;

    /// Sets the outcome; false if there is one. Threads: any.
    bool settle_reply(std::string encoded);
    bool settle_late();
    bool settle_error(Error error);
    bool settle_returned(wire::ReturnReason reason);
    /// The outcome of a handler that threw.
    void settle_thrown(std::exception_ptr thrown);

    /// The next one's turn comes when the handler has ended and the outcome is there: each calls this once.
    /// Threads: any.
    void let_go() noexcept;

    bool late() const noexcept {
        return cancelled.load(std::memory_order_relaxed) || shared->host->now() >= deadline;
    }

    // Constant after construction.
    const std::shared_ptr<Shared> shared;
    EndpointState& endpoint;
    const wire::CallId call;
    const std::uint64_t generation;  ///< of the broker's run to which `call` belongs
    const base::Steady received;
    const base::Steady deadline;
    const std::string topic;
    const Caller caller;
    const std::string meta;  ///< of the caller, as it came
    const Headers headers;
    const std::string trace;
    const std::string key;
    const std::uint32_t attempt;
    const zmq::message_t payload;
    Request request{*this};

    // The I/O thread, before the request runs; then constant.
    std::unique_ptr<Place> place;  ///< null = it need not wait

    // Any thread.
    std::atomic<bool> cancelled{false};
    std::atomic<bool> deferred{false};
    std::atomic<bool> answered{false};

    // The thread that set `answered`, then the I/O thread.
    wire::Kind outcome = wire::Kind::reply;
    std::string reply;
    Error error;
    wire::ReturnReason reason = wire::ReturnReason::full;

    // The thread that calls defer().
    std::weak_ptr<void> responder;

    // The handler thread.
    bool in_task = false;  ///< the handler has returned a task, which goes on

private:
    void run_handler();
    bool post();

    std::atomic<int> holds_{2};  ///< of its turn: the handler, and the outcome that is missing
};

}  // namespace fairlead::detail
