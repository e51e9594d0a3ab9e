// SPDX-License-Identifier: Apache-2.0
#include "src/core.h"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "src/alarms.h"
#include "src/blocked_call.h"
#include "src/callback.h"
#include "src/environment.h"
#include "src/errors.h"
#include "src/host_system.h"
#include "src/names.h"
#include "src/request_state.h"
#include "src/uuid.h"
#include "wire/channel.h"
#include "wire/hook.h"
#include "wire/topic.h"

namespace fairlead::detail {
namespace {

constexpr std::size_t kEntryBytes = 512;  // what a call or send costs beside its payload, about
constexpr std::size_t kMaxVersionBytes = 128;
constexpr std::chrono::hours kLongest{24 * 365 * 100};  // added to any clock it does not overflow

/// Signals are for the program's own threads: those made while this lives block all.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

std::string checked_name(std::string name) {
    if (!wire::valid_topic(name) || wire::is_reserved(name)) {
        throw std::invalid_argument("`" + name + "` is no name of a service");
    }
    return name;
}

std::string checked_version(std::string version) {
    if (version.size() > kMaxVersionBytes || !is_text(version)) {
        throw std::invalid_argument("the version is no text of at most 128 bytes");
    }
    return version;
}

void check_pattern(std::string_view pattern) {
    if (!wire::valid_pattern(pattern)) {
        throw std::invalid_argument("`" + std::string(pattern) + "` is no topic or pattern");
    }
}

ServiceOptions checked_options(const ServiceOptions& options, const std::string& service, LinkKeys& keys) {
    ServiceOptions complete_options = complete(options, [](const char* name) { return std::getenv(name); });
    if (complete_options.group.empty()) complete_options.group = service;
    if (!wire::valid_topic(complete_options.group)) {
        throw std::invalid_argument("`" + complete_options.group + "` is no name of a group");
    }
    keys = take_keys(complete_options);
    return complete_options;
}

std::shared_ptr<Host> host_of(const ServiceOptions& options) {
    return options.host ? options.host : std::make_shared<HostSystem>();
}

}  // namespace

Core::Core(std::string name, std::string version, const ServiceOptions& options)
    : options_(checked_options(options, checked_name(name), keys_)),
      log_(std::make_shared<ServiceLog>(name, options_.log_level, options_.log)),
      failures_(std::make_shared<FailureLog>(log_)),
      shared_(std::make_shared<Shared>(log_, options_.queue_bytes, host_of(options_))) {
    registration_.service = std::move(name);
    registration_.version = checked_version(std::move(version));
    registration_.instance = make_uuid();
    registration_.group = options_.group;
}

Core::~Core() {
    if (started_) stop(std::chrono::milliseconds(0));
    // What still runs, and what then is destroyed, may ask for other parts, the pool too.
    if (pool_) pool_->stop();
    shared_->tasks.destroy_all();
}

EndpointState& Core::add_endpoint(std::string_view topic, RequestHandler handler) {
    if (started_) throw std::logic_error("Service::on() after start()");
    check_pattern(topic);
    if (wire::is_reserved(topic)) {
        throw std::invalid_argument("`" + std::string(topic) +
                                    "`: topics that begin with `_` are the broker's");
    }
    return insert(topic, std::move(handler));
}

EndpointState& Core::add_hook(HookKind kind, std::string_view name_space, RequestHandler hook) {
    if (started_) throw std::logic_error("hooks are set up before Service::start()");
    const bool valid = name_space.empty() || name_space == "*" || wire::valid_channel(name_space);
    const std::string topic = wire::hook_pattern(static_cast<wire::Hook>(kind), name_space);
    if (!valid || topic.empty() || name_space.find(':') != name_space.npos || name_space == "user") {
        throw std::invalid_argument("`" + printable(name_space) + "` is no namespace that can have a hook");
    }
    EndpointState& endpoint = insert(topic, std::move(hook));
    endpoint.idempotent = true;
    return endpoint;
}

EndpointState& Core::insert(std::string_view topic, RequestHandler handler) {
    if (registration_.by_topic.find_exact(topic) != nullptr) {
        throw std::invalid_argument("`" + std::string(topic) + "` has a handler already");
    }
    EndpointState& endpoint = registration_.endpoints.emplace_back(
        EndpointState{started_, *shared_, std::string(topic), std::move(handler)});
    registration_.by_topic.insert(topic, &endpoint);
    return endpoint;
}

ListenerState& Core::add_listener(std::string_view pattern, EventHandler handler) {
    if (started_) throw std::logic_error("Service::listen() after start()");
    check_pattern(pattern);
    return registration_.listeners.emplace_back(
        ListenerState{started_, std::string(pattern), std::move(handler), options_.group});
}

template <typename Event>
void Core::set_handler(std::function<void(const Event&)>& place,
                       std::function<void(const Event&)>&& handler) const {
    if (started_) throw std::logic_error("handlers of session events are set up before Service::start()");
    if (!handler) throw std::invalid_argument("a handler of session events is empty");
    if (place) throw std::invalid_argument("these session events have a handler already");
    place = std::move(handler);
}

void Core::on_session(std::function<void(const SessionEvent&)> handler) {
    set_handler(registration_.session_handlers.session, std::move(handler));
}

void Core::on_user(std::function<void(const UserEvent&)> handler) {
    set_handler(registration_.session_handlers.user, std::move(handler));
}

void Core::on_channel(std::function<void(const ChannelEvent&)> handler) {
    set_handler(registration_.session_handlers.channel, std::move(handler));
}

void Core::check_endpoints() const {
    for (const EndpointState& endpoint : registration_.endpoints) {
        if (endpoint.owner || (!endpoint.acquired && !endpoint.lost)) continue;
        throw std::logic_error("`" + endpoint.topic + "` has on_acquired or on_lost, and no owner");
    }
}

void Core::start() {
    if (started_) throw std::logic_error("Service::start() was called before");
    check_endpoints();
    started_ = true;
    SignalsBlocked blocked;
    // Only those who asked to be told are.
    std::function<void()> ran_dry;
    if (options_.host) ran_dry = [host = options_.host] { host->pool_ran_dry(); };
    pool_ = std::make_unique<WorkerPool>(options_.threads, std::move(ran_dry));
    reactor_ = std::make_unique<Reactor>(shared_, options_, std::move(keys_), registration_, *pool_, readiness_);
    io_thread_ = std::thread([this] { reactor_->run(); });
}

bool Core::stop(std::chrono::milliseconds deadline) {
    require_started();
    if (pool_->on_thread()) throw std::logic_error("Service::stop() from a handler would wait for itself");
    shared_->inbox.post(Leave{shared_->host->now() + deadline});
    std::lock_guard lock(stopping_);
    if (io_thread_.joinable()) io_thread_.join();
    return reactor_->clean();
}

void Core::require_started() const {
    if (!started_) throw std::logic_error("the service is not started");
}

Error Core::ended() const {
    return readiness_.ended().value_or(make_error(wire::Code::stopped));
}

Error Core::no_room() const {
    bool linked = shared_->linked.load(std::memory_order_relaxed);
    if (!linked) return make_error(wire::Code::unavailable);
    return make_error(wire::Code::overloaded, "the queue towards the broker is full");
}

void Core::release(std::string_view topic, std::string key) {
    EndpointState* const* endpoint = registration_.by_topic.find_exact(topic);
    if (endpoint == nullptr || !(*endpoint)->owner) {
        throw std::invalid_argument("`" + printable(topic) + "` has no owner");
    }
    shared_->inbox.post(GiveUp{*endpoint, std::move(key)});
}

void Core::run_after(std::chrono::milliseconds delay, std::function<void()> done) {
    require_started();
    auto due = shared_->host->now() + std::min<std::chrono::milliseconds>(delay, kLongest);
    shared_->inbox.post(Wake{due, std::make_shared<Alarm>(std::move(done))});
}

// ---- calls

std::unique_ptr<CallState> Core::make_call(std::string_view topic, std::string payload,
                                           const Request* request, const CallOptions& options) const {
    auto call = std::make_unique<CallState>();
    call->topic = topic;
    call->payload = std::move(payload);
    call->headers = options.headers_;
    call->key = options.key_;
    auto timeout = options.timeout_ > std::chrono::milliseconds(0) ? options.timeout_ : options_.call_timeout;
    call->deadline = shared_->host->now() + timeout;
    if (request == nullptr) return call;
    const RequestState& state = state_of(*request);
    bool own = options.timeout_ > std::chrono::milliseconds(0);
    call->deadline = own ? std::min(call->deadline, state.deadline) : state.deadline;
    call->trace = state.trace;
    if (!state.caller.client.empty()) {
        call->on_behalf = state.caller;
        call->meta = state.meta;
    }
    return call;
}

Result<void> Core::check_call(const CallState& call) const {
    if (!wire::valid_topic(call.topic)) {
        return make_error(wire::Code::bad_request, "`" + printable(call.topic) + "` is no topic");
    }
    if (!is_text(call.headers) || !is_text(call.key)) {
        return make_error(wire::Code::bad_request, "headers and key must be UTF-8");
    }
    return check_payload(call.payload, shared_->max_payload_bytes.load(std::memory_order_relaxed));
}

void Core::ask(std::unique_ptr<CallState> call) {
    require_started();
    if (Result<void> good = check_call(*call); !good.ok()) return refuse(std::move(call), good.error());
    std::size_t bytes = call->payload.size() + kEntryBytes;
    if (!shared_->reserve(bytes)) return refuse(std::move(call), no_room());
    call->bytes = bytes;
    Command command = Ask{std::move(call)};
    if (shared_->inbox.post(std::move(command))) return;
    shared_->release(bytes);
    refuse(std::move(std::get<Ask>(command).call), ended());
}

void Core::refuse(std::unique_ptr<CallState> call, Error why) {
    shared_->counters.calls_failed.add();
    if (call->blocking) return call->done(std::move(why));
    std::vector<std::shared_ptr<Task>> tasks;
    tasks.push_back(std::make_shared<Callback>(log_, *call, std::move(why)));
    pool_->submit(tasks);
}

void Core::begin_call(std::string_view topic, std::string payload, const Request* request,
                      const CallOptions& options, CallDone done) {
    std::unique_ptr<CallState> call = make_call(topic, std::move(payload), request, options);
    call->done = std::move(done);
    ask(std::move(call));
}

Result<std::string> Core::call(std::string_view topic, std::string payload, const Request* request,
                               const CallOptions& options) {
    require_started();
    if (would_wait_for_itself(topic)) {
        return make_error(wire::Code::overloaded,
                          "no handler thread is free to answer the service's own call");
    }
    std::unique_ptr<CallState> call = make_call(topic, std::move(payload), request, options);
    auto blocked = std::make_shared<BlockedCall>();
    call->blocking = true;
    call->done = [blocked](Result<std::string> outcome) { blocked->finish(std::move(outcome)); };
    ask(std::move(call));
    return blocked->wait();
}

bool Core::would_wait_for_itself(std::string_view topic) const {
    if (!pool_->on_thread() || registration_.by_topic.find(topic) == nullptr) return false;
    return pool_->free_threads() == 0;
}

// ---- publications, events, pushes, control

namespace {

std::unique_ptr<SendState> state_for(const Audience& audience, SendState::Kind kind) {
    auto entry = std::make_unique<SendState>();
    entry->kind = kind;
    entry->name = audience.client;
    entry->user = audience.user;
    return entry;
}

Result<void> check_audience(const Audience& audience) {
    return audience.client.empty() ? check_user(audience.user) : check_client(audience.client);
}

}  // namespace

Result<void> Core::check_send(const SendState& send) const {
    for (const std::string* text : {&send.key, &send.idempotency, &send.trace, &send.reason}) {
        if (!is_text(*text))
            return make_error(wire::Code::bad_request, "keys, trace and reason must be UTF-8");
    }
    if (!is_text(send.pairs)) return make_error(wire::Code::bad_request, "tags and headers must be UTF-8");
    return check_payload(send.payload, shared_->max_payload_bytes.load(std::memory_order_relaxed));
}

std::shared_ptr<Pending> Core::send(std::unique_ptr<SendState> send, Result<void> names) {
    require_started();
    auto pending = std::make_shared<Pending>(failures_);
    send->pending = pending;
    send->deadline = shared_->host->now() + options_.send_timeout;
    auto refuse = [&](Error why) {
        shared_->counters.sends_failed.add();
        Receipt receipt;
        receipt.error = std::move(why);
        pending->settle(std::move(receipt));
        return pending;
    };
    if (!names.ok()) return refuse(names.error());
    if (Result<void> good = check_send(*send); !good.ok()) return refuse(good.error());
    std::size_t bytes = send->payload.size() + kEntryBytes;
    if (!shared_->reserve(bytes)) return refuse(no_room());
    send->bytes = bytes;
    if (shared_->inbox.post(Send{std::move(send)})) return pending;
    shared_->release(bytes);
    return refuse(ended());
}

Future<Published> Core::publish(std::string_view channel, std::string payload,
                                const PublishOptions& options) {
    auto entry = std::make_unique<SendState>();
    entry->kind = SendState::Kind::publication;
    entry->name = channel;
    entry->pairs = options.tags_;
    entry->key = options.key_;
    entry->version = options.version_;
    entry->idempotency = options.idempotency_;
    entry->window_bytes = payload.size();
    entry->payload = std::move(payload);
    return Future<Published>(send(std::move(entry), check_channel(channel)));
}

Future<Emitted> Core::emit(std::string_view topic, std::string payload, const EmitOptions& options) {
    auto entry = std::make_unique<SendState>();
    entry->kind = SendState::Kind::event;
    entry->name = topic;
    entry->pairs = options.headers_;
    entry->trace = options.trace_;
    entry->window_bytes = payload.size();
    entry->payload = std::move(payload);
    return Future<Emitted>(send(std::move(entry), check_topic(topic)));
}

Future<Reached> Core::push(const Audience& audience, std::string payload) {
    std::unique_ptr<SendState> entry = state_for(audience, SendState::Kind::push);
    entry->payload = std::move(payload);
    return Future<Reached>(send(std::move(entry), check_audience(audience)));
}

Future<Reached> Core::disconnect(const Audience& audience, std::uint32_t code, std::string_view reason) {
    std::unique_ptr<SendState> entry = state_for(audience, SendState::Kind::disconnect);
    entry->code = code;
    entry->reason = reason;
    Result<void> names = check_audience(audience);
    if (names.ok()) names = check_close(code, reason);
    return Future<Reached>(send(std::move(entry), std::move(names)));
}

Future<Reached> Core::subscribe(const Audience& audience, std::string_view channel) {
    std::unique_ptr<SendState> entry = state_for(audience, SendState::Kind::subscribe);
    entry->channel = channel;
    Result<void> names = check_audience(audience);
    if (names.ok()) names = check_channel(channel);
    return Future<Reached>(send(std::move(entry), std::move(names)));
}

Future<Reached> Core::unsubscribe(const Audience& audience, std::string_view channel, std::uint32_t code,
                                  std::string_view reason) {
    std::unique_ptr<SendState> entry = state_for(audience, SendState::Kind::unsubscribe);
    entry->channel = channel;
    entry->code = code;
    entry->reason = reason;
    Result<void> names = check_audience(audience);
    if (names.ok()) names = check_channel(channel);
    if (names.ok()) names = check_unsubscribe(code, reason);
    return Future<Reached>(send(std::move(entry), std::move(names)));
}

Future<Reached> Core::keep(std::string_view client, std::string payload) {
    std::unique_ptr<SendState> entry = state_for({client, {}}, SendState::Kind::keep);
    entry->payload = std::move(payload);
    return Future<Reached>(send(std::move(entry), check_client(client)));
}

Future<Disconnected> Core::revoke(const Revocation& revocation) {
    auto entry = std::make_unique<SendState>();
    entry->kind = SendState::Kind::revoke;
    entry->revoke = revocation.kind_;
    const bool of_user = revocation.kind_ == RevocationKind::user;
    entry->name = of_user ? std::string() : revocation.name_;
    entry->user = of_user ? revocation.name_ : revocation.user_;
    entry->reason = revocation.reason_;
    entry->remember = revocation.remember_;
    Result<void> names = of_user ? check_user(entry->user) : check_revoked(entry->name);
    if (names.ok() && !entry->user.empty()) names = check_user(entry->user);
    if (names.ok()) names = check_close(0, entry->reason);
    return Future<Disconnected>(send(std::move(entry), std::move(names)));
}

}  // namespace fairlead::detail
