// SPDX-License-Identifier: Apache-2.0
#include <fairlead/service.h>

#include "base/curve_key.h"
#include "src/core.h"
#include "src/signals.h"

namespace fairlead {

Service::Service(std::string name, std::string version, ServiceOptions options)
    : core_(std::make_unique<detail::Core>(std::move(name), std::move(version), options)) {
    base::wipe(options.secret_key);
}

Service::~Service() = default;

Endpoint Service::add_endpoint(std::string_view topic, detail::RequestHandler handler) {
    return Endpoint(core_->add_endpoint(topic, std::move(handler)));
}

Endpoint Service::add_hook(detail::HookKind kind, std::string_view name_space, detail::RequestHandler hook) {
    return Endpoint(core_->add_hook(kind, name_space, std::move(hook)));
}

Listener Service::add_listener(std::string_view pattern, detail::EventHandler handler) {
    return Listener(core_->add_listener(pattern, std::move(handler)));
}

void Service::on_session(std::function<void(const SessionEvent&)> handler) {
    core_->on_session(std::move(handler));
}

void Service::on_user(std::function<void(const UserEvent&)> handler) {
    core_->on_user(std::move(handler));
}

void Service::on_channel(std::function<void(const ChannelEvent&)> handler) {
    core_->on_channel(std::move(handler));
}

int Service::run() {
    detail::Signals signals;
    core_->readiness().on_failed([] { detail::Signals::wake(); });
    start();
    signals.wait();
    return stop(core_->options().stop_timeout) ? 0 : 1;
}

void Service::start() {
    core_->start();
}

Result<void> Service::ready(std::chrono::milliseconds timeout) {
    return core_->readiness().wait(timeout);
}

bool Service::stop(std::chrono::milliseconds deadline) {
    return core_->stop(deadline);
}

void Service::release(std::string_view topic, std::string key) {
    core_->release(topic, std::move(key));
}

Channel Service::channel(std::string_view name) {
    return Channel(*core_, std::string(name));
}

User Service::user(std::string_view id) {
    return User(*core_, std::string(id));
}

Client Service::client(std::string_view id) {
    return Client(*core_, std::string(id));
}

Future<Disconnected> Service::revoke(const Revocation& revocation) {
    return core_->revoke(revocation);
}

const std::string& Service::name() const noexcept {
    return core_->registration().service;
}

const std::string& Service::instance() const noexcept {
    return core_->registration().instance;
}

Stats Service::stats() const {
    return core_->stats();
}

Future<Emitted> Service::send_event(std::string_view topic, std::string payload, const EmitOptions& options) {
    return core_->emit(topic, std::move(payload), options);
}

Result<std::string> Service::wait_call(std::string_view topic, std::string payload, const Request* request,
                                       const CallOptions& options) {
    return core_->call(topic, std::move(payload), request, options);
}

void Service::run_after(std::chrono::milliseconds delay, std::function<void()> done) {
    core_->run_after(delay, std::move(done));
}

void Service::begin_call(std::string_view topic, std::string payload, const Request* request,
                         const CallOptions& options, detail::CallDone done) {
    core_->begin_call(topic, std::move(payload), request, options, std::move(done));
}

}  // namespace fairlead
