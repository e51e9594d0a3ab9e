// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <fairlead/call.h>
#include <fairlead/future.h>
#include <fairlead/handler.h>
#include <fairlead/hook.h>
#include <fairlead/options.h>
#include <fairlead/publish.h>
#include <fairlead/revocation.h>
#include <fairlead/session_event.h>
#include <fairlead/stats.h>

#include "src/failure_log.h"
#include "src/link_keys.h"
#include "src/reactor.h"
#include "src/readiness.h"
#include "src/shared.h"
#include "src/worker_pool.h"

namespace fairlead::detail {

/// Whose clients are meant: one client, by its id, or all of a user. The other one is empty.
struct Audience {
    std::string_view client;
    std::string_view user;
};

/// What a Service is made of: its registration, its threads, and the doors through which other threads reach
/// the I/O thread. Threads: as said of Service.
class Core {
public:
    /// Throws std::invalid_argument if a name or option cannot be.
    Core(std::string name, std::string version, const ServiceOptions& options);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    EndpointState& add_endpoint(std::string_view topic, RequestHandler handler);
    EndpointState& add_hook(HookKind kind, std::string_view name_space, RequestHandler hook);
    ListenerState& add_listener(std::string_view pattern, EventHandler handler);
    void on_session(std::function<void(const SessionEvent&)> handler);
    void on_user(std::function<void(const UserEvent&)> handler);
    void on_channel(std::function<void(const ChannelEvent&)> handler);

    void start();
    bool stop(std::chrono::milliseconds deadline);
    Readiness& readiness() noexcept { return readiness_; }
    const ServiceOptions& options() const noexcept { return options_; }
    const Registration& registration() const noexcept { return registration_; }
    Stats stats() const noexcept { return shared_->counters.read(); }

    Result<std::string> call(std::string_view topic, std::string payload, const Request* request,
                             const CallOptions& options);
    void begin_call(std::string_view topic, std::string payload, const Request* request,
                    const CallOptions& options, CallDone done);

    /// Throws std::invalid_argument if there is no endpoint of that topic that has an owner.
    void release(std::string_view topic, std::string key);
    /// Runs `done` on a handler thread, not before. Never, once the service has ended.
    void run_after(std::chrono::milliseconds delay, std::function<void()> done);

    Future<Published> publish(std::string_view channel, std::string payload, const PublishOptions& options);
    Future<Emitted> emit(std::string_view topic, std::string payload, const EmitOptions& options);
    Future<Reached> push(const Audience& audience, std::string payload);
    Future<Reached> disconnect(const Audience& audience, std::uint32_t code, std::string_view reason);
    Future<Reached> subscribe(const Audience& audience, std::string_view channel);
    Future<Reached> unsubscribe(const Audience& audience, std::string_view channel, std::uint32_t code,
                                std::string_view reason);
    Future<Reached> keep(std::string_view client, std::string payload);
    Future<Disconnected> revoke(const Revocation& revocation);

private:
    template <typename Event>
    void set_handler(std::function<void(const Event&)>& place,
                     std::function<void(const Event&)>&& handler) const;
    EndpointState& insert(std::string_view topic, RequestHandler handler);
    void check_endpoints() const;
    void require_started() const;
    std::unique_ptr<CallState> make_call(std::string_view topic, std::string payload, const Request* request,
                                         const CallOptions& options) const;
    void ask(std::unique_ptr<CallState> call);
    Result<void> check_call(const CallState& call) const;
    void refuse(std::unique_ptr<CallState> call, Error why);
    bool would_wait_for_itself(std::string_view topic) const;

    std::shared_ptr<Pending> send(std::unique_ptr<SendState> send, Result<void> names);
    Result<void> check_send(const SendState& send) const;
    Error no_room() const;
    Error ended() const;

    LinkKeys keys_;  // until start(); before the options, out of which they are taken

    // Constant once started.
    const ServiceOptions options_;
    const std::shared_ptr<ServiceLog> log_;
    const std::shared_ptr<FailureLog> failures_;
    const std::shared_ptr<Shared> shared_;
    Registration registration_;
    std::atomic<bool> started_{false};

    // Their own synchronisation.
    Readiness readiness_;
    std::unique_ptr<WorkerPool> pool_;
    std::unique_ptr<Reactor> reactor_;

    std::mutex stopping_;
    std::thread io_thread_;  // guarded by stopping_
};

}  // namespace fairlead::detail
