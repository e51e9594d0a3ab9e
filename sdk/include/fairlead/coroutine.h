// SPDX-License-Identifier: Apache-2.0
#pragma once

#if !defined(__cpp_impl_coroutine)
#error "fairlead/coroutine.h needs C++20"
#endif

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <fairlead/export.h>
#include <fairlead/handler.h>
#include <fairlead/service.h>

/// Handlers as coroutines: they wait for other services and for time without a thread.
///
///     service.on("orders.create", [&](fairlead::Request& request, NewOrder in) ->
///     fairlead::Task<fairlead::Result<Order>> {
///         auto [hold, price] = co_await fairlead::gather(
///             service.async_call<Hold>("stock.reserve", Reserve{in.sku, in.qty}, request),
///             service.async_call<Price>("prices.get", in.sku, request));
///         if (!hold) co_return hold.error();
///         if (!price) co_return price.error();
///         co_return Order{hold->id, price->cents};
///     });
///
/// A handler that returns Task<T>, Task<Result<T>> or Task<void> answers with what the task ends with, or
/// with error 100 if it throws. Until then its Request and payload live, its place in the window is taken,
/// and of a serial() endpoint it has its turn. After each `co_await` it goes on on some thread of the
/// service's pool: locks must not be held across it, and thread-local values change. A request that nobody
/// waits for any more is not stopped: it sees Request::cancelled(), and calls made through it have its
/// deadline.
///
/// A task that has not ended when the service is destroyed is destroyed with it, where it waits.
namespace fairlead {

template <typename T>
class Task;

namespace detail {

FAIRLEAD_EXPORT std::shared_ptr<RequestState> begin_task(RequestState& state, void* frame,
                                                         void (*destroy)(void*));
FAIRLEAD_EXPORT void end_task(RequestState& state, void* frame) noexcept;
FAIRLEAD_EXPORT void answer_thrown(RequestState& state, std::exception_ptr thrown);

/// Where tasks meet the coroutine that awaits them. It counts as well, until it has begun them all: if they
/// have ended by then it does not stop at all, so a loop over tasks that end at once has a flat stack,
/// however this was compiled.
struct Join {
    Join(std::size_t tasks, std::coroutine_handle<> who_waits) noexcept
        : left(tasks + 1), waiting(who_waits) {}

    /// True for the last one. Whoever is not must leave this alone from then on.
    bool arrive() noexcept { return left.fetch_sub(1, std::memory_order_acq_rel) == 1; }

    std::atomic<std::size_t> left;
    const std::coroutine_handle<> waiting;
};
struct Branch;

// Functions await_suspend that may let other threads go on with the coroutine are not inlined: clang before
// 17 would then keep their locals in the coroutine, which may be gone before they are.

/// Begins when it is awaited.
class TaskPromiseBase {
public:
    std::suspend_always initial_suspend() const noexcept { return {}; }
    auto final_suspend() const noexcept { return End{}; }

    Join* join = nullptr;  ///< of who awaits it

private:
    struct End {
        bool await_ready() const noexcept { return false; }
        template <typename Promise>
        [[gnu::noinline]] void await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
            Join& there = *ended.promise().join;
            if (there.arrive()) there.waiting.resume();
        }
        void await_resume() const noexcept {}
    };
};

template <typename T>
class TaskPromise final : public TaskPromiseBase {
    static_assert(!std::is_reference_v<T>, "a task ends with a value");

public:
    ::fairlead::Task<T> get_return_object() noexcept;
    template <typename U = T>
    void return_value(U&& value) {
        outcome_.template emplace<1>(std::forward<U>(value));
    }
    void unhandled_exception() noexcept { outcome_.template emplace<2>(std::current_exception()); }
    T take() {
        if (outcome_.index() == 2) std::rethrow_exception(std::get<2>(outcome_));
        return std::move(std::get<1>(outcome_));
    }

private:
    std::variant<std::monostate, T, std::exception_ptr> outcome_;
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
public:
    ::fairlead::Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { thrown_ = std::current_exception(); }
    void take() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    std::exception_ptr thrown_;
};

}  // namespace detail

/// What a coroutine returns that ends with a T. It begins when it is awaited, once: `co_await f(x)`, or
/// `co_await std::move(task)`. What it throws is thrown there. Destroyed before its end, it is given up where
/// it waits. Threads: one at a time.
template <typename T = void>
class [[nodiscard]] Task {
public:
    using promise_type = detail::TaskPromise<T>;

    Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }
    ~Task() {
        if (coroutine_) coroutine_.destroy();
    }

    auto operator co_await() && noexcept { return Awaiter{coroutine_}; }

private:
    friend promise_type;
    friend struct detail::Branch;
    using Coroutine = std::coroutine_handle<promise_type>;

    struct Awaiter {
        Coroutine coroutine;
        std::optional<detail::Join> join{};

        bool await_ready() const noexcept { return false; }
        [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiting) {
            coroutine.promise().join = &join.emplace(1U, waiting);
            coroutine.resume();
            return !join->arrive();
        }
        T await_resume() const { return coroutine.promise().take(); }
    };

    explicit Task(Coroutine coroutine) noexcept : coroutine_(coroutine) {}

    Coroutine coroutine_;
};

/// A call of another service that is made when it is awaited: see Service::async_call(). What it names lives
/// until then. Threads: one at a time.
template <typename Out>
class [[nodiscard]] AsyncCall {
public:
    bool await_ready() const noexcept { return false; }
    [[gnu::noinline]] void await_suspend(std::coroutine_handle<> waiting) {
        // It may go on, and end, before this returns.
        service_->begin_call(topic_, std::move(payload_), request_, options_,
                             [this, waiting](Result<std::string> outcome) {
                                 outcome_.emplace(std::move(outcome));
                                 waiting.resume();
                             });
    }
    Result<Out> await_resume() { return Service::finish_call<Out>(std::move(*outcome_)); }

private:
    friend class Service;
    AsyncCall(Service& service, std::string_view topic, std::string payload, const Request* request,
              const CallOptions& options)
        : service_(&service),
          topic_(topic),
          payload_(std::move(payload)),
          request_(request),
          options_(options) {}

    Service* service_;
    std::string topic_;
    std::string payload_;
    const Request* request_;
    CallOptions options_;
    std::optional<Result<std::string>> outcome_;
};

template <typename Out, typename In>
AsyncCall<Out> Service::async_call(std::string_view topic, const In& in, const CallOptions& options) {
    return AsyncCall<Out>(*this, topic, encode(in), nullptr, options);
}

template <typename Out, typename In>
AsyncCall<Out> Service::async_call(std::string_view topic, const In& in, const Request& request,
                                   const CallOptions& options) {
    return AsyncCall<Out>(*this, topic, encode(in), &request, options);
}

namespace detail {

class [[nodiscard]] Sleep {
public:
    Sleep(Service& service, std::chrono::milliseconds delay) noexcept : service_(&service), delay_(delay) {}

    bool await_ready() const noexcept { return delay_ <= std::chrono::milliseconds(0); }
    [[gnu::noinline]] void await_suspend(std::coroutine_handle<> waiting) const {
        service_->run_after(delay_, waiting);
    }
    void await_resume() const noexcept {}

private:
    Service* service_;
    std::chrono::milliseconds delay_;
};

}  // namespace detail

/// `co_await fairlead::sleep_for(service, 100ms);` goes on after that time, a little later rather than
/// sooner. Not at all, once the service has ended.
inline detail::Sleep sleep_for(Service& service, std::chrono::milliseconds delay) {
    return {service, delay};
}

namespace detail {

template <typename T>
decltype(auto) awaiter_of(T&& awaitable) {
    if constexpr (requires { std::forward<T>(awaitable).operator co_await(); }) {
        return std::forward<T>(awaitable).operator co_await();
    } else {
        return std::forward<T>(awaitable);
    }
}
template <typename T>
using Awaited = decltype(awaiter_of(std::declval<T>()).await_resume());

template <typename T>
::fairlead::Task<Awaited<T>> to_task(T awaitable) {
    co_return co_await std::move(awaitable);
}
template <typename T>
::fairlead::Task<T> to_task(::fairlead::Task<T> task) {
    return task;
}

template <typename T>
using Gathered = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// A task that gather() awaits.
struct Branch {
    /// Begins now, and ends at `join`.
    template <typename T>
    static void start(::fairlead::Task<T>& task, Join& join) {
        task.coroutine_.promise().join = &join;
        task.coroutine_.resume();
    }
    template <typename T>
    static Gathered<T> take(::fairlead::Task<T>& task) {
        if constexpr (std::is_void_v<T>) {
            task.coroutine_.promise().take();
            return {};
        } else {
            return task.coroutine_.promise().take();
        }
    }
};

/// Begins all tasks of a tuple and goes on when all have ended.
template <typename Tasks>
class All {
public:
    explicit All(Tasks& tasks) noexcept : tasks_(tasks) {}

    bool await_ready() const noexcept { return false; }
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiting) {
        Join& join = join_.emplace(std::tuple_size_v<Tasks>, waiting);
        std::apply([&join](auto&... task) { (Branch::start(task, join), ...); }, tasks_);
        return !join.arrive();
    }
    void await_resume() const noexcept {}

private:
    Tasks& tasks_;
    std::optional<Join> join_;
};

}  // namespace detail

/// Waits for several tasks, calls or sleeps at once: `auto [a, b] = co_await gather(f(), g());` Gives what
/// they end with in their order, std::monostate for nothing. If some throw, the first one's exception is
/// thrown when all have ended.
template <typename... Awaitables>
Task<std::tuple<detail::Gathered<detail::Awaited<Awaitables>>...>> gather(Awaitables... awaitables) {
    std::tuple tasks(detail::to_task(std::move(awaitables))...);
    co_await detail::All(tasks);
    co_return std::apply(
        [](auto&... task) {
            return std::tuple<detail::Gathered<detail::Awaited<Awaitables>>...>{
                detail::Branch::take(task)...};
        },
        tasks);
}

namespace detail {

/// The outermost coroutine of a handler: it belongs to itself, and to the service for the case that it never
/// ends.
class Root {
public:
    struct promise_type {
        promise_type() = default;
        promise_type(const promise_type&) = delete;
        promise_type& operator=(const promise_type&) = delete;
        ~promise_type() {
            if (request) end_task(*request, Coroutine::from_promise(*this).address());
        }

        Root get_return_object() noexcept { return Root(Coroutine::from_promise(*this)); }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        /// Only the log or memory itself can have failed.
        void unhandled_exception() const noexcept {}

        std::shared_ptr<RequestState> request;
    };

    Root(Root&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    Root& operator=(Root&&) = delete;
    ~Root() {
        if (coroutine_) coroutine_.destroy();
    }

    void start(Request& request) {
        coroutine_.promise().request = begin_task(state_of(request), coroutine_.address(), destroy);
        std::exchange(coroutine_, nullptr).resume();
    }

private:
    using Coroutine = std::coroutine_handle<promise_type>;
    explicit Root(Coroutine coroutine) noexcept : coroutine_(coroutine) {}
    static void destroy(void* frame) { Coroutine::from_address(frame).destroy(); }

    Coroutine coroutine_;
};

template <typename T>
struct Runner<::fairlead::Task<T>> {
    template <typename F, typename... In>
    static void run(const std::shared_ptr<const F>& handler, Request& request, In... in) {
        root(handler, request, std::move(in)...).start(request);
    }

private:
    /// Holds what the handler's coroutine refers to.
    template <typename F, typename... In>
    static Root root(std::shared_ptr<const F> handler, Request& request, In... in) {
        try {
            if constexpr (std::is_void_v<T>) {
                co_await (*handler)(request, std::move(in)...);
                answer(state_of(request), std::string());
            } else {
                answer_with(request, co_await (*handler)(request, std::move(in)...));
            }
        } catch (...) {
            answer_thrown(state_of(request), std::current_exception());
        }
    }
};

}  // namespace detail

template <typename T>
Task<T> detail::TaskPromise<T>::get_return_object() noexcept {
    return ::fairlead::Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<void> detail::TaskPromise<void>::get_return_object() noexcept {
    return ::fairlead::Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace fairlead
