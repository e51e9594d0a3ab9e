// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fairlead/codec.h>
#include <fairlead/event.h>
#include <fairlead/request.h>

/// From a handler's signature to the functions that the service stores.
namespace fairlead::detail {

using RequestHandler = std::function<void(Request&, std::string_view payload)>;
/// Gives why the payload was no use to the listener.
using EventHandler = std::function<Result<void>(const Event&, std::string_view payload)>;

/// Return type and parameters of a lambda, function object or function.
template <typename F>
struct Signature : Signature<decltype(&F::operator())> {};
template <typename R, typename... P>
struct Signature<R (*)(P...)> {
    using Return = R;
    using First = void;
    using Second = void;
    static constexpr std::size_t kCount = sizeof...(P);
};
template <typename R, typename A>
struct Signature<R (*)(A)> {
    using Return = R;
    using First = A;
    using Second = void;
    static constexpr std::size_t kCount = 1;
};
template <typename R, typename A, typename B>
struct Signature<R (*)(A, B)> {
    using Return = R;
    using First = A;
    using Second = B;
    static constexpr std::size_t kCount = 2;
};
template <typename R, typename... P>
struct Signature<R (*)(P...) noexcept> : Signature<R (*)(P...)> {};
template <typename R, typename... P>
struct Signature<R(P...)> : Signature<R (*)(P...)> {};
template <typename C, typename R, typename... P>
struct Signature<R (C::*)(P...) const> : Signature<R (*)(P...)> {};
template <typename C, typename R, typename... P>
struct Signature<R (C::*)(P...) const noexcept> : Signature<R (*)(P...)> {};
template <typename C, typename R, typename... P>
struct Signature<R (C::*)(P...)> {
    static_assert(sizeof(C) == 0,
                  "handlers run on several threads at once: a mutable lambda would race with itself");
};

template <typename T>
struct is_result : std::false_type {};
template <typename T>
struct is_result<Result<T>> : std::true_type {};

template <typename T>
void answer_with(Request& request, const T& outcome) {
    RequestState& state = state_of(request);
    if constexpr (std::is_same_v<T, Error>) {
        answer(state, outcome);
    } else if constexpr (std::is_same_v<T, Result<void>>) {
        if (outcome.ok()) {
            answer(state, std::string());
        } else {
            answer(state, outcome.error());
        }
    } else if constexpr (is_result<T>::value) {
        if (outcome.ok()) {
            answer(state, encode(outcome.value()));
        } else {
            answer(state, outcome.error());
        }
    } else {
        answer(state, encode(outcome));
    }
}

/// Calls a handler that returns an R, and answers with that. coroutine.h has another one for tasks.
template <typename R>
struct Runner {
    template <typename F, typename... In>
    static void run(const std::shared_ptr<const F>& handler, Request& request, In&&... in) {
        if constexpr (std::is_void_v<R>) {
            (*handler)(request, std::forward<In>(in)...);
            answer(state_of(request), std::string());
        } else {
            answer_with(request, (*handler)(request, std::forward<In>(in)...));
        }
    }
};

template <typename F>
RequestHandler make_request_handler(F&& f) {
    using Handler = std::decay_t<F>;
    using Shape = Signature<Handler>;
    static_assert(Shape::kCount >= 1 && Shape::kCount <= 2 &&
                      std::is_same_v<std::decay_t<typename Shape::First>, Request> &&
                      std::is_lvalue_reference_v<typename Shape::First>,
                  "a handler takes (fairlead::Request&) or (fairlead::Request&, Payload)");
    auto handler = std::make_shared<const Handler>(std::forward<F>(f));
    using Run = Runner<std::decay_t<typename Shape::Return>>;
    if constexpr (Shape::kCount == 1) {
        return [handler](Request& request, std::string_view) { Run::run(handler, request); };
    } else {
        return [handler](Request& request, std::string_view payload) {
            auto in = decode<std::decay_t<typename Shape::Second>>(payload);
            if (!in.ok()) {
                answer(state_of(request), in.error());
            } else {
                Run::run(handler, request, std::move(in).value());
            }
        };
    }
}

template <typename F>
EventHandler make_event_handler(F&& f) {
    using Handler = std::decay_t<F>;
    using Shape = Signature<Handler>;
    static_assert(Shape::kCount >= 1 && Shape::kCount <= 2 &&
                      std::is_same_v<std::decay_t<typename Shape::First>, Event>,
                  "a listener takes (const fairlead::Event&) or (const fairlead::Event&, Payload)");
    static_assert(std::is_void_v<typename Shape::Return>,
                  "a listener returns nothing: nobody waits for its answer");
    auto handler = std::make_shared<const Handler>(std::forward<F>(f));
    if constexpr (Shape::kCount == 1) {
        return [handler](const Event& event, std::string_view) {
            (*handler)(event);
            return Result<void>();
        };
    } else {
        return [handler](const Event& event, std::string_view payload) {
            auto in = decode<std::decay_t<typename Shape::Second>>(payload);
            if (!in.ok()) return Result<void>(in.error());
            (*handler)(event, std::move(in).value());
            return Result<void>();
        };
    }
}

}  // namespace fairlead::detail
