// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <fairlead/caller.h>
#include <fairlead/codec.h>
#include <fairlead/export.h>
#include <fairlead/lease.h>
#include <fairlead/result.h>

namespace fairlead {

class Responder;

namespace detail {
struct RequestState;
FAIRLEAD_EXPORT bool answer(RequestState& state, std::string payload);
FAIRLEAD_EXPORT bool answer(RequestState& state, Error error);
}  // namespace detail

/// A question to this service, as its handler sees it. It lives until its outcome was sent: until the handler
/// has returned, or after defer() as long as a Responder of it lives. Threads: any may read it.
class FAIRLEAD_EXPORT Request {
public:
    explicit Request(detail::RequestState& state) noexcept : state_(state) {}
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    const Caller& caller() const noexcept;
    std::string_view topic() const noexcept;

    /// Of a service that asks; clients have none.
    const Headers& headers() const noexcept;
    /// The header of that name, or empty.
    std::string_view header(std::string_view name) const noexcept;

    /// Until the caller gives up; 0 when it has.
    std::chrono::milliseconds time_left() const noexcept;

    /// Nobody waits for the answer any more: the caller went away, the deadline passed, or this service stops
    /// and its time is up. A long handler looks here now and then.
    bool cancelled() const noexcept;

    /// W3C `traceparent`; empty = none.
    std::string_view trace() const noexcept;
    /// The caller's idempotency key; empty = none.
    std::string_view key() const noexcept;
    /// 1 for the first try, more when an idempotent() request is run again after an instance was lost.
    std::uint32_t attempt() const noexcept;

    /// The lease under which it runs: of endpoints that have an owner(), set. Else nullptr. Lives as long as
    /// the request.
    const Lease* lease() const noexcept;

    /// From now on the answer comes from the Responder; what the handler returns is not used.
    /// A second defer() of a request gives a Responder of the same one answer.
    Responder defer();

private:
    friend class Responder;
    friend detail::RequestState& state_of(Request& request) noexcept;
    friend const detail::RequestState& state_of(const Request& request) noexcept;

    detail::RequestState& state_;
};

inline detail::RequestState& state_of(Request& request) noexcept {
    return request.state_;
}
inline const detail::RequestState& state_of(const Request& request) noexcept {
    return request.state_;
}

/// Answers a request later, once. Copies share the one answer; when the last is gone without one, the caller
/// gets error 100. It may outlive the handler, not the Service. Threads: any.
class FAIRLEAD_EXPORT Responder {
public:
    /// False if there was an answer before: this one is dropped.
    template <typename T>
    bool reply(const T& value) {
        return send(encode(value));
    }
    /// The answer of a handler that returns nothing.
    bool reply() { return send(std::string()); }
    bool fail(Error error);
    /// A result, whichever it holds.
    template <typename T>
    bool finish(const Result<T>& result) {
        return result.ok() ? reply(result.value()) : fail(result.error());
    }

    const Request& request() const noexcept;

private:
    friend class Request;
    struct Answer;
    explicit Responder(std::shared_ptr<Answer> answer) noexcept : answer_(std::move(answer)) {}
    bool send(std::string payload);

    std::shared_ptr<Answer> answer_;
};

template <>
inline bool Responder::finish(const Result<void>& result) {
    return result.ok() ? reply() : fail(result.error());
}

}  // namespace fairlead
