// SPDX-License-Identifier: Apache-2.0
#include "backplane/dispatch.h"

#include <algorithm>
#include <unordered_set>

#include "backplane/failures.h"

namespace fairlead::backplane {
namespace {

constexpr std::uint64_t boot_bits(core::CallId call) noexcept {
    return call >> 48;
}

}  // namespace

core::Routed Dispatch::request(core::Request&& request) {
    boot_bits_ = boot_bits(request.call);
    Route* route = registry_.find_route(request.topic);
    if (route == nullptr) return refuse(route);
    Endpoint* endpoint = route->queue.empty() ? balancer_.pick(*route, clock_.now()) : nullptr;
    if (endpoint == nullptr && (!route->served() || !has_room(*route, request.payload.size())))
        return refuse(route);
    ++counts_.requests;
    request.deadline = deadline_of(request, *route);
    const core::Routed routed{core::Routed::State::taken, request.deadline};
    Pending& pending = calls_.insert(std::move(request));
    if (endpoint != nullptr) {
        send(pending, *endpoint);
    } else {
        enqueue(*route, pending, false);
    }
    return routed;
}

core::Routed Dispatch::refuse(const Route* route) {
    bool served = route != nullptr && route->served();
    ++(served ? counts_.overloaded : counts_.not_found);
    return {served ? core::Routed::State::overloaded : core::Routed::State::not_found, {}};
}

base::Steady Dispatch::deadline_of(const core::Request& request, const Route& route) const noexcept {
    if (request.deadline != base::Steady{}) return request.deadline;
    std::chrono::milliseconds timeout = route.endpoints.front()->timeout;
    return clock_.now() + (timeout.count() > 0 ? timeout : options_.request_deadline);
}

void Dispatch::cancel(core::CallId call) {
    Pending* pending = calls_.find(call);
    if (pending == nullptr || pending->state == State::cancelled) return;
    if (pending->state == State::sent) {
        pending->state = State::cancelled;
        pending->request = core::Request{};
        pending->request.call = call;
        cancelled_.emplace_back(clock_.now() + options_.cancel_grace, Handover{call, pending->sending});
        outlet_.send_cancel(*pending->endpoint->instance, call);
        return;
    }
    if (pending->state == State::queued) dequeue(*pending);
    calls_.erase(*pending);
}

void Dispatch::answered(Instance& instance, core::CallId call, core::Outcome&& outcome) {
    Pending* pending = held_by(instance, call);
    if (pending == nullptr) return count_stray(call);
    bool cancelled = pending->state == State::cancelled;
    Route* route = release(*pending);
    calls_.erase(*pending);
    if (route != nullptr) pump(*route);
    if (cancelled) {
        ++counts_.late;
    } else {
        outlet_.settle(call, std::move(outcome));
    }
}

void Dispatch::returned(Instance& instance, core::CallId call, wire::ReturnReason reason) {
    Pending* pending = held_by(instance, call);
    if (pending == nullptr) return count_stray(call);
    ++counts_.returned;
    Endpoint& endpoint = *pending->endpoint;
    bool cancelled = pending->state == State::cancelled;
    Route* route = release(*pending);
    bool drains = reason == wire::ReturnReason::drain && !instance.draining;
    if (drains) instance.draining = true;
    if (reason == wire::ReturnReason::full || reason == wire::ReturnReason::unknown_topic) {
        endpoint.held_until = clock_.now() + options_.hold;
        ask_again_ = std::min(ask_again_.value_or(endpoint.held_until), endpoint.held_until);
    }
    if (cancelled) {
        calls_.erase(*pending);
    } else if (pending->attempts >= options_.max_attempts) {
        const std::string& topic = pending->request.topic;
        bool unknown = reason == wire::ReturnReason::unknown_topic;
        fail(*pending, unknown ? nobody_left(topic) : returned_too_often(topic));
    } else {
        retry(*pending, nobody_left(pending->request.topic));
    }
    if (drains) return rebalance();
    if (route != nullptr) pump(*route);
}

void Dispatch::unsent(core::CallId call) {
    Pending* pending = calls_.find(call);
    if (pending == nullptr || pending->endpoint == nullptr) return;
    bool cancelled = pending->state == State::cancelled;
    release(*pending);
    --pending->attempts;
    if (cancelled) return calls_.erase(*pending);
    retry(*pending, nobody_left(pending->request.topic));
}

void Dispatch::lost(Instance& instance) {
    std::vector<Pending*> held;
    for (Pending* pending = instance.calls.front(); pending != nullptr; pending = pending->next)
        held.push_back(pending);
    // The youngest first, since each that must wait goes to the front of its queue.
    std::for_each(held.rbegin(), held.rend(), [this](Pending* pending) { settle_lost(*pending); });
}

std::vector<Dispatch::Handover> Dispatch::not_listed(Instance& instance,
                                                     std::span<const core::CallId> running) {
    std::unordered_set<core::CallId> listed(running.begin(), running.end());
    std::vector<Handover> suspects;
    for (Pending* pending = instance.calls.front(); pending != nullptr; pending = pending->next) {
        if (listed.count(pending->request.call) == 0)
            suspects.push_back({pending->request.call, pending->sending});
    }
    for (core::CallId call : listed) {
        const Pending* pending = held_by(instance, call);
        if (pending == nullptr || pending->state == State::cancelled) outlet_.send_cancel(instance, call);
    }
    return suspects;
}

void Dispatch::lost(Instance& instance, std::span<const Handover> suspects) {
    for (const Handover& suspect : suspects) {
        Pending* pending = held_by(instance, suspect.call);
        if (pending != nullptr && pending->sending == suspect.sending) settle_lost(*pending);
    }
}

void Dispatch::settle_lost(Pending& pending) {
    bool idempotent = pending.endpoint->idempotent;
    const std::string& service = pending.endpoint->instance->service;
    bool cancelled = pending.state == State::cancelled;
    release(pending);
    if (cancelled) return calls_.erase(pending);
    if (idempotent && pending.attempts < options_.max_attempts) {
        return retry(pending, nobody_repeats(pending.request.topic));
    }
    ++counts_.outcome_unknown;
    fail(pending, outcome_unknown(service));
}

void Dispatch::rebalance() {
    registry_.for_each_route([this](Route& route) {
        if (route.queue.empty()) return;
        route.served() ? pump(route) : fail_queue(route);
    });
}

bool Dispatch::deliver() {
    if (outcomes_.empty()) return false;
    while (!outcomes_.empty()) {
        auto outcomes = std::exchange(outcomes_, {});
        for (auto& [call, outcome] : outcomes)
            outlet_.settle(call, std::move(outcome));
    }
    return true;
}

void Dispatch::tick() {
    end_graces();
    if (!ask_again_ || clock_.now() < *ask_again_) return;
    ask_again_.reset();
    rebalance();
}

void Dispatch::end_graces() {
    for (; !cancelled_.empty() && cancelled_.front().first <= clock_.now(); cancelled_.pop_front()) {
        const Handover handover = cancelled_.front().second;
        Pending* pending = calls_.find(handover.call);
        if (pending == nullptr || pending->sending != handover.sending) continue;
        Route* route = release(*pending);
        calls_.erase(*pending);
        if (route != nullptr) pump(*route);
    }
}

Dispatch::Counts Dispatch::counts() const noexcept {
    Counts counts = counts_;
    counts.pending = calls_.size();
    return counts;
}

Pending* Dispatch::held_by(const Instance& instance, core::CallId call) noexcept {
    Pending* pending = calls_.find(call);
    bool held =
        pending != nullptr && pending->endpoint != nullptr && pending->endpoint->instance == &instance;
    return held ? pending : nullptr;
}

void Dispatch::count_stray(core::CallId call) noexcept {
    ++(boot_bits(call) == boot_bits_ ? counts_.late : counts_.other_boot);
}

bool Dispatch::has_room(Route& route, std::size_t bytes) {
    drop_expired(route);
    return route.queued < options_.request_queue_entries &&
           route.queued_bytes + bytes <= options_.request_queue_bytes;
}

void Dispatch::enqueue(Route& route, Pending& pending, bool first) {
    pending.state = State::queued;
    pending.route = &route;
    ++route.queued;
    route.queued_bytes += pending.request.payload.size();
    first ? route.queue.push_front(pending) : route.queue.push_back(pending);
}

void Dispatch::dequeue(Pending& pending) noexcept {
    Route& route = *std::exchange(pending.route, nullptr);
    --route.queued;
    route.queued_bytes -= pending.request.payload.size();
    route.queue.remove(pending);
}

void Dispatch::drop_expired(Route& route) {
    while (!route.queue.empty() && route.queue.front()->request.deadline <= clock_.now()) {
        Pending& pending = *route.queue.front();
        dequeue(pending);
        pending.state = State::expired;
    }
}

void Dispatch::send(Pending& pending, Endpoint& endpoint) {
    pending.state = State::sent;
    pending.endpoint = &endpoint;
    pending.sending = ++sendings_;
    ++pending.attempts;
    ++endpoint.outstanding;
    ++endpoint.instance->outstanding;
    endpoint.instance->calls.push_back(pending);
    if (outlet_.send_request(*endpoint.instance, pending)) return;
    release(pending);
    fail(pending, cannot_be_sent());
}

Route* Dispatch::release(Pending& pending) noexcept {
    Endpoint& endpoint = *std::exchange(pending.endpoint, nullptr);
    --endpoint.outstanding;
    --endpoint.instance->outstanding;
    endpoint.instance->calls.remove(pending);
    endpoint.held_until = {};
    return endpoint.route;
}

void Dispatch::pump(Route& route) {
    const base::Steady now = clock_.now();
    for (drop_expired(route); !route.queue.empty(); drop_expired(route)) {
        Endpoint* endpoint = balancer_.pick(route, now);
        if (endpoint == nullptr) return;
        Pending& pending = *route.queue.front();
        dequeue(pending);
        send(pending, *endpoint);
    }
}

void Dispatch::retry(Pending& pending, wire::Failure failure_if_none) {
    if (pending.request.deadline <= clock_.now()) {
        pending.state = State::expired;
        return;
    }
    Route* route = registry_.find_route(pending.request.topic);
    if (route == nullptr || !route->served()) return fail(pending, std::move(failure_if_none));
    ++counts_.retried;
    if (Endpoint* endpoint = balancer_.pick(*route, clock_.now())) {
        send(pending, *endpoint);
    } else {
        enqueue(*route, pending, true);
    }
}

void Dispatch::fail(Pending& pending, wire::Failure failure) {
    outcomes_.emplace_back(pending.request.call, std::move(failure));
    calls_.erase(pending);
}

void Dispatch::fail_queue(Route& route) {
    while (!route.queue.empty()) {
        Pending& pending = *route.queue.front();
        dequeue(pending);
        fail(pending, nobody_left(pending.request.topic));
    }
}

}  // namespace fairlead::backplane
