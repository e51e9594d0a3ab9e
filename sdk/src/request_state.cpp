// SPDX-License-Identifier: Apache-2.0
#include "src/request_state.h"

#include <exception>

#include "src/errors.h"
#include "src/headers.h"
#include "src/message.h"

namespace fairlead::detail {
namespace {

Error failed(std::string log_note) {
    return Error{static_cast<std::uint32_t>(wire::Code::internal), "internal server error", false,
                 std::move(log_note)};
}

}  // namespace

RequestState::RequestState(std::shared_ptr<Shared> shared_, EndpointState& endpoint_,
                           const wire::Request& frame, zmq::message_t payload_, std::uint64_t link_generation,
                           base::Steady now)
    : shared(std::move(shared_)),
      endpoint(endpoint_),
      call(frame.call),
      generation(link_generation),
      received(now),
      deadline(now + frame.deadline),
      topic(frame.topic),
      caller(to_caller(frame.caller)),
      meta(frame.caller.meta),
      headers(to_headers(frame.headers)),
      trace(frame.trace),
      key(frame.key),
      attempt(frame.attempt),
      payload(std::move(payload_)) {}

void RequestState::run() noexcept {
    try {
        if (late()) {
            settle_returned(wire::ReturnReason::expired);
        } else {
            run_handler();
        }
    } catch (...) {
        // Only the log or memory itself can have failed here; the broker settles the request by its deadline.
    }
    if (!in_task) let_go();
}

void RequestState::run_handler() {
    try {
        endpoint.handler(request, to_view(payload));
        if (answered.load() || deferred.load() || in_task) return;
        settle_error(failed("the handler gave no answer"));
    } catch (...) {
        settle_thrown(std::current_exception());
    }
}

void RequestState::settle_thrown(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(std::move(thrown));
    } catch (const std::exception& exception) {
        settle_error(failed(std::string("the handler threw: ") + exception.what()));
    } catch (...) {
        settle_error(failed("the handler threw something"));
    }
}

void RequestState::let_go() noexcept {
    if (place && holds_.fetch_sub(1) == 1) shared->inbox.post(TurnEnded{shared_from_this()});
}

// An answer after the deadline is none: a handler that saw cancelled() and left early must not look as if it
// had done its work, whichever clock was first.
bool RequestState::settle_late() {
    if (answered.exchange(true)) return false;
    outcome = wire::Kind::error;
    error = make_error(wire::Code::deadline);
    return post();
}

bool RequestState::settle_reply(std::string encoded) {
    if (shared->host->now() >= deadline) return settle_late();
    Result<void> fits = check_payload(encoded, shared->max_payload_bytes.load(std::memory_order_relaxed));
    if (!fits.ok()) {
        return settle_error(failed("the answer cannot be sent: " + fits.error().message));
    }
    if (answered.exchange(true)) return false;
    outcome = wire::Kind::reply;
    reply = std::move(encoded);
    return post();
}

bool RequestState::settle_error(Error why) {
    if (answered.exchange(true)) return false;
    outcome = wire::Kind::error;
    error = to_sendable(std::move(why));
    const std::string& note = error.log_note;
    if (!note.empty()) {
        shared->log->warning("a request failed", {{"topic", topic}, {"code", error.code}, {"why", note}});
    }
    return post();
}

bool RequestState::settle_returned(wire::ReturnReason why) {
    if (answered.exchange(true)) return false;
    outcome = wire::Kind::returned;
    reason = why;
    return post();
}

bool RequestState::post() {
    if (!shared->inbox.post(Answered{shared_from_this()})) shared->counters.lost_answers.add();
    let_go();
    return true;
}

bool answer(RequestState& state, std::string payload) {
    return !state.deferred.load() && state.settle_reply(std::move(payload));
}

bool answer(RequestState& state, Error error) {
    return !state.deferred.load() && state.settle_error(std::move(error));
}

}  // namespace fairlead::detail
