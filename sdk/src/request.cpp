// SPDX-License-Identifier: Apache-2.0
#include <fairlead/request.h>

#include "src/errors.h"
#include "src/headers.h"
#include "src/request_state.h"

namespace fairlead {

const Caller& Request::caller() const noexcept {
    return state_.caller;
}
std::string_view Request::topic() const noexcept {
    return state_.topic;
}
const Headers& Request::headers() const noexcept {
    return state_.headers;
}
std::string_view Request::header(std::string_view name) const noexcept {
    return detail::find_header(state_.headers, name);
}
std::string_view Request::trace() const noexcept {
    return state_.trace;
}
std::string_view Request::key() const noexcept {
    return state_.key;
}
std::uint32_t Request::attempt() const noexcept {
    return state_.attempt;
}
const Lease* Request::lease() const noexcept {
    return state_.place ? state_.place->lease.get() : nullptr;
}
bool Request::cancelled() const noexcept {
    return state_.late();
}

std::chrono::milliseconds Request::time_left() const noexcept {
    if (state_.cancelled.load(std::memory_order_relaxed)) return std::chrono::milliseconds(0);
    auto left = state_.deadline - state_.shared->host->now();
    return std::max(std::chrono::milliseconds(0),
                    std::chrono::duration_cast<std::chrono::milliseconds>(left));
}

/// What the copies of a Responder share.
struct Responder::Answer {
    explicit Answer(std::shared_ptr<detail::RequestState> request) : state(std::move(request)) {}
    ~Answer() {
        if (state->answered.load()) return;
        Error error{static_cast<std::uint32_t>(wire::Code::internal), "internal server error", false, {}};
        error.log_note = "the responder was dropped without an answer";
        state->settle_error(std::move(error));
    }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    const std::shared_ptr<detail::RequestState> state;
};

Responder Request::defer() {
    auto answer = std::static_pointer_cast<Responder::Answer>(state_.responder.lock());
    if (!answer) {
        answer = std::make_shared<Responder::Answer>(state_.shared_from_this());
        state_.responder = answer;
        state_.deferred.store(true);
    }
    return Responder(std::move(answer));
}

bool Responder::send(std::string payload) {
    return answer_->state->settle_reply(std::move(payload));
}

bool Responder::fail(Error error) {
    return answer_->state->settle_error(std::move(error));
}

const Request& Responder::request() const noexcept {
    return answer_->state->request;
}

}  // namespace fairlead
