// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fairlead/call.h>
#include <fairlead/codec.h>
#include <fairlead/endpoint.h>
#include <fairlead/event.h>
#include <fairlead/export.h>
#include <fairlead/future.h>
#include <fairlead/handler.h>
#include <fairlead/hook.h>
#include <fairlead/options.h>
#include <fairlead/publish.h>
#include <fairlead/request.h>
#include <fairlead/result.h>
#include <fairlead/revocation.h>
#include <fairlead/session_event.h>
#include <fairlead/stats.h>

namespace fairlead {

template <typename Out>
class AsyncCall;

namespace detail {
class Sleep;
}

/// A service behind the broker: it answers requests, hears and emits events, publishes to clients.
///
///     fairlead::Service service{"hello", "1.0.0"};
///     service.on("hello.greet", [](fairlead::Request&, Name in) { return Greeting{"Hello " + in.name}; });
///     return service.run();
///
/// Handlers, listeners and callbacks run on a bounded pool of threads, several at once; none runs on the
/// thread that talks to the broker. What they throw is caught: the caller gets error 100, the log gets the
/// text.
///
/// The broker is looked for without end, with growing, jittered pauses. A connection that is lost is made
/// again and requests that run go on. Each change is logged once.
///
/// Threads: on() and listen() are for the thread that sets the service up, before start(); all else is for
/// any.
class FAIRLEAD_EXPORT Service {
public:
    /// `name` is one topic segment ([A-Za-z0-9_-]); all instances of a service have the same. Throws
    /// std::invalid_argument if the name or an option cannot be.
    explicit Service(std::string name, std::string version, ServiceOptions options = {});

    /// Stops without waiting for answers; waits for handlers that run.
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Answers requests of a topic, or of a pattern (`*` one segment, `>` one or more at the end; the most
    /// specific wins). The handler is `Answer(Request&, Payload)` or `Answer(Request&)`: Answer is Result<T>,
    /// T or void, Payload a type that codec.h lists. A payload that does not fit is answered with error 107
    /// without the handler. Throws std::invalid_argument for what is no topic or is there already,
    /// std::logic_error after start().
    template <typename F>
    Endpoint on(std::string_view topic, F&& handler) {
        return add_endpoint(topic, detail::make_request_handler(std::forward<F>(handler)));
    }

    /// Hears events of a topic or pattern; the listener is `void(const Event&, Payload)` or `void(const
    /// Event&)`. Of all instances that listen in one group, one gets it. Throws as on() does.
    template <typename F>
    Listener listen(std::string_view pattern, F&& listener) {
        return add_listener(pattern, detail::make_event_handler(std::forward<F>(listener)));
    }

    /// Decides which clients come in; hook.h has the questions and answers of all hooks. A hook is
    /// `ConnectAnswer(const ConnectQuestion&)`, or `Result<ConnectAnswer>(...)`; with a `Request&` in front
    /// it can look at time_left() and defer(). The broker asks if it is told to: `[hook] connect`, and the
    /// namespaces' lists. A hook belongs to one service; its instances share the questions. Hooks must not
    /// have lasting effects, since one may be asked again when an instance is lost (they are idempotent()).
    /// Throws as on() does.
    template <typename F>
    Endpoint on_connect(F&& hook) {
        return add_hook(detail::HookKind::connect, {},
                        detail::make_hook<ConnectQuestion, ConnectAnswer>(std::forward<F>(hook)));
    }

    /// Decides who may subscribe to the channels of a namespace that has `hook` in its `subscribe` list. "" =
    /// channels without a colon, "*" = every namespace that has no hook of its own.
    template <typename F>
    Endpoint on_subscribe(std::string_view name_space, F&& hook) {
        return add_hook(detail::HookKind::subscribe, name_space,
                        detail::make_hook<SubscribeQuestion, SubscribeAnswer>(std::forward<F>(hook)));
    }

    /// Decides what clients may publish in a namespace that has `hook` in its `publish` list, and may change
    /// it.
    template <typename F>
    Endpoint on_publish(std::string_view name_space, F&& hook) {
        return add_hook(detail::HookKind::publish, name_space,
                        detail::make_hook<PublishQuestion, PublishAnswer>(std::forward<F>(hook)));
    }

    /// Decides whether clients stay whose time is over that a ConnectAnswer gave them; asked if `[hook]
    /// refresh` is set.
    template <typename F>
    Endpoint on_refresh(F&& hook) {
        return add_hook(detail::HookKind::refresh, {},
                        detail::make_hook<RefreshQuestion, RefreshAnswer>(std::forward<F>(hook)));
    }

    /// Hears which sessions open, resume and close. session_event.h is the manual: snapshots, and what at
    /// least once means. Handlers of the three kinds of session events run one at a time, all in the order in
    /// which the broker tells them. Throws std::invalid_argument for a second handler, std::logic_error after
    /// start().
    void on_session(std::function<void(const SessionEvent&)> handler);

    /// Hears which users come online and go offline.
    void on_user(std::function<void(const UserEvent&)> handler);

    /// Hears which channels have subscribers.
    void on_channel(std::function<void(const ChannelEvent&)> handler);

    /// start(), wait for SIGTERM or SIGINT, stop(ServiceOptions::stop_timeout). A second signal ends the
    /// process. Returns 0 after a clean stop; 1 if the broker refused the service (the log says why) or
    /// handlers did not finish.
    int run();

    /// Begins to look for the broker and returns. Once: a second call is a std::logic_error.
    void start();

    /// Waits until the broker has taken the registration. Errors: 1 not yet, 3 stopped, else the broker's
    /// refusal, which is final.
    Result<void> ready(std::chrono::milliseconds timeout);

    /// Takes no more requests, waits for those that run or wait for their turn and for what is to be sent,
    /// tells on_lost() of all keys, says goodbye and leaves. When `deadline` is over, the rest is cancelled.
    /// True if all had finished. Not from a handler (std::logic_error).
    bool stop(std::chrono::milliseconds deadline);

    /// Tells other services: one copy to each group that listens to the topic. Returns at once;
    /// `emit(...).wait()` says what became of it. Order of one thread and topic is kept.
    template <typename T>
    Future<Emitted> emit(std::string_view topic, const T& value, const EmitOptions& options = {}) {
        return send_event(topic, encode(value), options);
    }

    Channel channel(std::string_view name);
    User user(std::string_view id);
    Client client(std::string_view id);

    /// Ends clients for good and keeps out what they came with. Unanswered by brokers that do not know it
    /// yet.
    Future<Disconnected> revoke(const Revocation& revocation);

    /// Asks another service and blocks until there is an outcome, at most until the deadline. Through
    /// `request` the call has its deadline, caller and trace. Errors are the handler's or the broker's, or 1
    /// deadline, 2 unavailable, 3 stopped. From a handler to a topic of this same service, with no handler
    /// thread free, it is 111 at once.
    template <typename Out = Value, typename In>
    Result<Out> call(std::string_view topic, const In& in, const CallOptions& options = {}) {
        return finish_call<Out>(wait_call(topic, encode(in), nullptr, options));
    }
    template <typename Out = Value, typename In>
    Result<Out> call(std::string_view topic, const In& in, const Request& request,
                     const CallOptions& options = {}) {
        return finish_call<Out>(wait_call(topic, encode(in), &request, options));
    }

    /// The same without blocking: `done(Result<Out>)` is called once, on a thread of the pool. The request
    /// may end before.
    template <typename Out = Value, typename In, typename F>
    void call_async(std::string_view topic, const In& in, const CallOptions& options, F done) {
        begin_call(topic, encode(in), nullptr, options, make_done<Out>(std::move(done)));
    }
    template <typename Out = Value, typename In, typename F>
    void call_async(std::string_view topic, const In& in, const Request& request, const CallOptions& options,
                    F done) {
        begin_call(topic, encode(in), &request, options, make_done<Out>(std::move(done)));
    }
    template <typename Out = Value, typename In, typename F>
    void call_async(std::string_view topic, const In& in, F done) {
        call_async<Out>(topic, in, CallOptions{}, std::move(done));
    }
    template <typename Out = Value, typename In, typename F>
    void call_async(std::string_view topic, const In& in, const Request& request, F done) {
        call_async<Out>(topic, in, request, CallOptions{}, std::move(done));
    }

    /// The same for coroutines: `co_await service.async_call<Hold>("stock.reserve", Reserve{...}, request)`
    /// gives a Result<Hold>. With <fairlead/coroutine.h>, C++20.
    template <typename Out = Value, typename In>
    AsyncCall<Out> async_call(std::string_view topic, const In& in, const CallOptions& options = {});
    template <typename Out = Value, typename In>
    AsyncCall<Out> async_call(std::string_view topic, const In& in, const Request& request,
                              const CallOptions& options = {});

    /// Gives up a key of an endpoint that has an owner(): after the requests that run, on_lost is called and
    /// the key is free for the next request, wherever that goes. Returns at once; nothing happens if the key
    /// is not owned here. `topic` is the endpoint's, as on() got it; another is a std::invalid_argument.
    void release(std::string_view topic, std::string key);

    const std::string& name() const noexcept;
    /// The UUID of this process's run of the service.
    const std::string& instance() const noexcept;
    Stats stats() const;

private:
    template <typename Out>
    friend class AsyncCall;
    friend class detail::Sleep;

    Endpoint add_endpoint(std::string_view topic, detail::RequestHandler handler);
    Endpoint add_hook(detail::HookKind kind, std::string_view name_space, detail::RequestHandler hook);
    Listener add_listener(std::string_view pattern, detail::EventHandler handler);
    Future<Emitted> send_event(std::string_view topic, std::string payload, const EmitOptions& options);
    Result<std::string> wait_call(std::string_view topic, std::string payload, const Request* request,
                                  const CallOptions& options);
    void begin_call(std::string_view topic, std::string payload, const Request* request,
                    const CallOptions& options, detail::CallDone done);

    void run_after(std::chrono::milliseconds delay, std::function<void()> done);

    template <typename Out>
    static Result<Out> finish_call(Result<std::string> outcome) {
        if (!outcome.ok()) return outcome.error();
        if constexpr (std::is_void_v<Out>) {
            return {};
        } else {
            return decode<Out>(outcome.value());
        }
    }

    template <typename Out, typename F>
    static detail::CallDone make_done(F done) {
        auto shared = std::make_shared<F>(std::move(done));
        return [shared](Result<std::string> outcome) { (*shared)(finish_call<Out>(std::move(outcome))); };
    }

    std::unique_ptr<detail::Core> core_;
};

}  // namespace fairlead
