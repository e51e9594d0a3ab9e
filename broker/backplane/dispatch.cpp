// SPDX-License-Identifier: Apache-2.0
#include "backplane/dispatch.h"

#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "backplane/failures.h"

namespace fairlead::backplane {
namespace {

using std::chrono::milliseconds;

// A lost request waits before it is repeated once more, so that those of one instance do not meet the next as
// one.
constexpr milliseconds::rep kLeastRest = 10;
constexpr milliseconds::rep kMostRest = 50;

std::vector<Pending*> all_of(const PendingList& list) {
    std::vector<Pending*> all;
    for (Pending* pending = list.front(); pending != nullptr; pending = pending->next)
        all.push_back(pending);
    return all;
}

/// Nobody else may have it, and the owner may be about to give its key up: the deadline is what bounds that.
bool waits_for_owner(const Pending& pending, wire::ReturnReason reason) noexcept {
    return reason == wire::ReturnReason::full && pending.key != nullptr && pending.key->leased();
}

constexpr std::uint64_t boot_bits(core::CallId call) noexcept {
    return call >> 48;
}

}  // namespace

core::Routed Dispatch::request(core::Request&& request) {
    boot_bits_ = boot_bits(request.call);
    Route* route = registry_.find_route(request.topic);
    if (route == nullptr) return refuse(route);
    const base::Steady now = clock_.now();
    request.deadline = deadline_of(request, *route, now);
    if (route->keyed()) return request_keyed(*route, std::move(request), now);
    Endpoint* endpoint = route->queue.empty() ? placement_.pick(*route, now) : nullptr;
    if (endpoint == nullptr && (!route->served() || !fits(*route, route->queue, request.payload.size(), now)))
        return refuse(route);
    ++counts_.requests;
    route->budget.request(now);
    const core::Routed routed{core::Routed::State::taken, request.deadline};
    Pending& pending = calls_.insert(std::move(request));
    if (endpoint != nullptr) {
        send(pending, *endpoint, now);
    } else {
        enqueue(*route, route->queue, pending);
    }
    return routed;
}

core::Routed Dispatch::request_keyed(Route& route, core::Request&& request, base::Steady now) {
    if (!route.served()) return refuse(&route);
    const core::Routed routed{core::Routed::State::taken, request.deadline};
    Pending& pending = calls_.insert(std::move(request));
    placement_.take_key(route, pending);
    if (auto failure = obstacle(route, pending)) {
        fail(pending, std::move(*failure));
        return routed;
    }
    const Placement::Place place = placement_.find(route, pending, now);
    if (!place.free && !fits(route, *place.queue, pending.request.payload.size(), now)) {
        forget(pending);
        return refuse(&route);
    }
    ++counts_.requests;
    route.budget.request(now);
    go(route, pending, place, now);
    return routed;
}

core::Routed Dispatch::refuse(const Route* route) {
    bool served = route != nullptr && route->served();
    ++(served ? counts_.overloaded : counts_.not_found);
    return {served ? core::Routed::State::overloaded : core::Routed::State::not_found, {}};
}

base::Steady Dispatch::deadline_of(const core::Request& request, const Route& route,
                                   base::Steady now) const noexcept {
    if (request.deadline != base::Steady{} || route.endpoints.empty()) return request.deadline;
    std::chrono::milliseconds timeout = route.endpoints.front()->timeout;
    return now + (timeout.count() > 0 ? timeout : options_.request_deadline);
}

/// Why it cannot go anywhere.
std::optional<wire::Failure> Dispatch::obstacle(const Route& route, const Pending& pending) const {
    if (!route.owner) return std::nullopt;
    const std::string& topic = pending.request.topic;
    if (pending.key == nullptr) return no_key(topic, wire::to_string(route.route_by));
    if (!placement_.may_own(route, pending)) return too_many_leases(topic);
    return std::nullopt;
}

void Dispatch::cancel(core::CallId call) {
    Pending* pending = calls_.find(call);
    if (pending == nullptr || pending->state == State::cancelled) return;
    if (pending->state == State::sent) {
        pending->state = State::cancelled;
        const base::Steady deadline = pending->request.deadline;
        pending->request = core::Request{};
        pending->request.call = call;
        pending->request.deadline = deadline;
        cancelled_.emplace_back(clock_.now() + options_.cancel_grace, Handover{call, pending->sending});
        outlet_.send_cancel(*pending->endpoint->instance, call);
        return;
    }
    if (pending->state == State::queued) dequeue(*pending);
    forget(*pending);
}

void Dispatch::answered(Instance& instance, core::CallId call, core::Outcome&& outcome) {
    const base::Steady now = clock_.now();
    const bool recovered = stalls_.progress(instance, now);
    Pending* pending = held_by(instance, call);
    if (pending == nullptr) {
        if (recovered) rebalance();
        return count_stray(call);
    }
    bool cancelled = pending->state == State::cancelled;
    note_latency(*pending, outcome, now);
    Route* route = release(*pending);
    forget(*pending);
    if (recovered) {
        rebalance();
    } else if (route != nullptr) {
        pump(*route, now);
    }
    if (cancelled) {
        ++counts_.late;
    } else {
        outlet_.settle(call, std::move(outcome));
    }
}

/// An error in no time does not make an instance fast: else the one that is broken would get all there is.
void Dispatch::note_latency(Pending& pending, const core::Outcome& outcome, base::Steady now) noexcept {
    Latency& latency = pending.endpoint->latency;
    const Latency::Time took = now - pending.handed_over;
    const bool reply = std::holds_alternative<std::string>(outcome);
    const double nanoseconds = std::chrono::duration<double, std::nano>(took).count();
    if (reply || (latency.known() && nanoseconds > latency.average())) latency.add(took, now);
}

void Dispatch::returned(Instance& instance, core::CallId call, wire::ReturnReason reason) {
    const base::Steady now = clock_.now();
    const bool recovered = stalls_.progress(instance, now);
    Pending* pending = held_by(instance, call);
    if (pending == nullptr) {
        if (recovered) rebalance();
        return count_stray(call);
    }
    ++counts_.returned;
    Endpoint& endpoint = *pending->endpoint;
    bool cancelled = pending->state == State::cancelled;
    Route* route = release(*pending);
    bool drains = reason == wire::ReturnReason::drain && !instance.draining;
    if (drains) close(instance);
    if (reason == wire::ReturnReason::full || reason == wire::ReturnReason::unknown_topic) {
        endpoint.held_until = now + options_.hold;
        ask_again_ = std::min(ask_again_.value_or(endpoint.held_until), endpoint.held_until);
    }
    if (cancelled) {
        forget(*pending);
    } else if (pending->attempts >= options_.max_attempts && !waits_for_owner(*pending, reason)) {
        const std::string& topic = pending->request.topic;
        bool unknown = reason == wire::ReturnReason::unknown_topic;
        fail(*pending, unknown ? nobody_left(topic) : returned_too_often(topic));
    } else {
        retry(*pending, nobody_left(pending->request.topic));
    }
    if (drains) move_queues(instance);
    if (drains || recovered) return rebalance();
    if (route != nullptr) pump(*route, now);
}

void Dispatch::unsent(core::CallId call) {
    Pending* pending = calls_.find(call);
    if (pending == nullptr || pending->endpoint == nullptr) return;
    bool cancelled = pending->state == State::cancelled;
    release(*pending);
    --pending->attempts;
    if (cancelled) return forget(*pending);
    retry(*pending, nobody_left(pending->request.topic));
}

void Dispatch::greeted(Instance& instance) {
    for (auto& endpoint : instance.endpoints) {
        if (endpoint->route != nullptr) continue;
        end_leases(*endpoint);
        move_on(all_of(endpoint->queue));
    }
    rebalance();
}

void Dispatch::set_window(Instance& instance, const wire::Window& frame) {
    Route* route = registry_.find_pattern(frame.topic);
    Endpoint* endpoint = route == nullptr ? nullptr : Registry::find_endpoint(instance, *route);
    if (endpoint == nullptr || frame.window == 0 || frame.window > wire::kMaxWindow) {
        ++counts_.ignored;
        return;
    }
    endpoint->window = frame.window;
    pump(*route, clock_.now());
}

void Dispatch::drain(Instance& instance) {
    close(instance);
    move_queues(instance);
    rebalance();
}

void Dispatch::close(Instance& instance) {
    instance.draining = true;
    for (auto& endpoint : instance.endpoints)
        end_leases(*endpoint);
}

void Dispatch::move_queues(Instance& instance) {
    for (auto& endpoint : instance.endpoints)
        move_on(all_of(endpoint->queue));
}

void Dispatch::end_leases(Endpoint& endpoint) {
    for (Key* key : placement_.keys_of(endpoint)) {
        if (key->leased()) leases_.end(*key);
    }
}

void Dispatch::release(Instance& instance, const wire::Release& frame) {
    Route* route = registry_.find_pattern(frame.topic);
    Key* key = route == nullptr ? nullptr : route->keys.find(frame.key);
    const bool held =
        key != nullptr && key->leased() && key->fence == frame.fence && key->endpoint->instance == &instance;
    if (held) return free(*key);
    ++counts_.ignored;
}

void Dispatch::claim(Instance& instance, const wire::Claim& frame) {
    leases_.lift(frame.fence);
    Route* route = registry_.find_pattern(frame.topic);
    Endpoint* endpoint = route == nullptr ? nullptr : Registry::find_endpoint(instance, *route);
    Key* key = route == nullptr ? nullptr : route->keys.find(frame.key);
    const bool its = key != nullptr && key->endpoint != nullptr && key->endpoint->instance == &instance;
    if (its && key->leased()) return leases_.tell(*key);
    const bool possible = endpoint != nullptr && endpoint->takes_requests() && route->owner &&
                          !frame.key.empty() && frame.key.size() <= wire::kMaxKeyBytes;
    if (!possible || (key != nullptr && !its) || leases_.full(*route)) return leases_.refuse(instance, frame);
    Key& claimed = route->keys.get(*route, frame.key);
    placement_.bind(claimed, endpoint);
    leases_.grant(claimed);
}

void Dispatch::tell_leases(Instance& instance) {
    for (auto& endpoint : instance.endpoints) {
        for (const Key* key : placement_.keys_of(*endpoint)) {
            if (key->leased()) leases_.tell(*key);
        }
    }
}

void Dispatch::leaving(Instance& instance) {
    instance.stalled = false;  // it is past that
    for (auto& endpoint : instance.endpoints) {
        for (Key* key : placement_.keys_of(*endpoint)) {
            // Until lost() they wait where the others do that are to move.
            for (Pending* pending : all_of(key->waiting)) {
                Route& route = *pending->route;
                dequeue(*pending);
                enqueue(route, endpoint->queue, *pending);
            }
            if (key->leased()) leases_.free(*key);
            placement_.bind(*key, nullptr);
            placement_.erase_if_idle(*key);
        }
    }
}

void Dispatch::lost(Instance& instance) {
    leaving(instance);
    for (Pending* pending : all_of(instance.calls))
        settle_lost(*pending);
    move_queues(instance);
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
    if (cancelled) return forget(pending);
    if (!idempotent || pending.attempts >= options_.max_attempts) {
        ++counts_.outcome_unknown;
        return fail(pending, outcome_unknown(service));
    }
    const base::Steady now = clock_.now();
    Route* route = registry_.find_route(pending.request.topic);
    if (route != nullptr && route->served() && !route->budget.take(now)) {
        ++counts_.over_budget;
        return fail(pending, repeated_too_often(pending.request.topic));
    }
    if (++pending.losses > 1) return rest(pending, now);
    retry(pending, nobody_repeats(pending.request.topic));
}

void Dispatch::rest(Pending& pending, base::Steady now) {
    std::uniform_int_distribution<milliseconds::rep> jitter(kLeastRest, kMostRest);
    const base::Steady::duration wanted = milliseconds(jitter(random_)) * pending.losses;
    // What would not be in time any more is worth a try half-way.
    const base::Steady until = now + std::min(wanted, (pending.request.deadline - now) / 2);
    pending.state = State::resting;
    resting_.emplace(until, pending.request.call);
}

void Dispatch::rebalance() {
    const base::Steady now = clock_.now();
    registry_.for_each_route([&](Route& route) {
        if (route.queued > 0) route.served() ? settle_down(route, now) : fail_queue(route);
        if (route.endpoints.empty() && !route.keys.empty()) forget_keys(route);
    });
}

/// What waits at an endpoint that takes nothing looks for another one.
void Dispatch::settle_down(Route& route, base::Steady now) {
    for (Endpoint* endpoint : route.endpoints) {
        if (!endpoint->takes_requests()) move_on(all_of(endpoint->queue));
    }
    pump(route, now);
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
    end_rests();
    while (Key* key = leases_.overdue()) {
        ++counts_.unreleased;
        free(*key);
    }
    for (Instance* instance : stalls_.sweep())
        move_queues(*instance);
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
        forget(*pending);
        if (route != nullptr) pump(*route, clock_.now());
    }
}

void Dispatch::end_rests() {
    while (!resting_.empty() && resting_.begin()->first <= clock_.now()) {
        Pending* pending = calls_.find(resting_.begin()->second);
        resting_.erase(resting_.begin());
        // It may have been cancelled meanwhile.
        if (pending != nullptr) retry(*pending, nobody_repeats(pending->request.topic));
    }
}

Dispatch::Counts Dispatch::counts() const noexcept {
    Counts counts = counts_;
    counts.pending = calls_.size();
    counts.leases = leases_.size();
    counts.stalled = stalls_.count();
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

bool Dispatch::fits(Route& route, PendingList& queue, std::size_t bytes, base::Steady now) {
    drop_expired(queue, now);
    return route.queued < options_.request_queue_entries &&
           route.queued_bytes + bytes <= options_.request_queue_bytes;
}

void Dispatch::enqueue(Route& route, PendingList& queue, Pending& pending) {
    pending.state = State::queued;
    pending.route = &route;
    pending.queue = &queue;
    ++route.queued;
    route.queued_bytes += pending.request.payload.size();
    queue.push_by_age(pending);
}

void Dispatch::dequeue(Pending& pending) noexcept {
    Route& route = *std::exchange(pending.route, nullptr);
    --route.queued;
    route.queued_bytes -= pending.request.payload.size();
    std::exchange(pending.queue, nullptr)->remove(pending);
}

void Dispatch::drop_expired(PendingList& queue, base::Steady now) {
    while (!queue.empty() && queue.front()->request.deadline <= now) {
        Pending& pending = *queue.front();
        dequeue(pending);
        pending.state = State::expired;
    }
}

void Dispatch::send(Pending& pending, Endpoint& endpoint, base::Steady now) {
    pending.state = State::sent;
    pending.endpoint = &endpoint;
    pending.sending = ++sendings_;
    pending.handed_over = now;
    ++pending.attempts;
    ++endpoint.outstanding;
    ++endpoint.instance->outstanding;
    endpoint.instance->calls.push_back(pending);
    if (outlet_.send_request(*endpoint.instance, pending)) return;
    release(pending);
    fail(pending, cannot_be_sent());
}

Route* Dispatch::release(Pending& pending) {
    Endpoint& endpoint = *std::exchange(pending.endpoint, nullptr);
    --endpoint.outstanding;
    --endpoint.instance->outstanding;
    endpoint.instance->calls.remove(pending);
    endpoint.held_until = {};
    if (stalls_.released(*endpoint.instance)) ask_again_ = base::Steady{};  // with the next tick
    return endpoint.route;
}

void Dispatch::forget(Pending& pending) {
    if (pending.key != nullptr) placement_.drop_key(pending);
    calls_.erase(pending);
}

void Dispatch::pump(Route& route, base::Steady now) {
    // Where some requests have a key and others have none, the oldest that can go is the first to go.
    if (route.queued > route.queue.size()) pump_endpoints(route, now);
    for (drop_expired(route.queue, now); !route.queue.empty(); drop_expired(route.queue, now)) {
        Endpoint* endpoint = placement_.pick(route, now);
        if (endpoint == nullptr) return;
        Pending& pending = *route.queue.front();
        dequeue(pending);
        send(pending, *endpoint, now);
    }
    if (route.queued > 0) pump_endpoints(route, now);
}

/// Sends what waits at endpoints, but nothing before what has waited longer in the queue of the route.
void Dispatch::pump_endpoints(Route& route, base::Steady now) {
    for (Endpoint* endpoint : route.endpoints) {
        PendingList& queue = endpoint->queue;
        for (drop_expired(queue, now); !queue.empty() && has_room(*endpoint, now); drop_expired(queue, now)) {
            Pending& pending = *queue.front();
            if (!route.queue.all_after(pending)) break;
            dequeue(pending);
            send(pending, *endpoint, now);
        }
    }
}

void Dispatch::go(Route& route, Pending& pending, const Placement::Place& place, base::Steady now) {
    if (place.endpoint != nullptr) placement_.go(pending, *place.endpoint);
    if (place.free) {
        send(pending, *place.endpoint, now);
    } else {
        enqueue(route, *place.queue, pending);
    }
}

void Dispatch::retry(Pending& pending, wire::Failure failure_if_none) {
    ++counts_.retried;
    route_again(pending, std::move(failure_if_none));
}

void Dispatch::route_again(Pending& pending, wire::Failure failure_if_none) {
    const base::Steady now = clock_.now();
    if (pending.request.deadline <= now) {
        pending.state = State::expired;
        return;
    }
    Route* route = registry_.find_route(pending.request.topic);
    if (route == nullptr || !route->served()) return fail(pending, std::move(failure_if_none));
    placement_.take_key(*route, pending);
    if (auto failure = obstacle(*route, pending)) return fail(pending, std::move(*failure));
    go(*route, pending, placement_.find(*route, pending, now), now);
}

void Dispatch::move_on(const std::vector<Pending*>& waiting) {
    for (Pending* pending : waiting) {
        dequeue(*pending);
        route_again(*pending, nobody_left(pending->request.topic));
    }
}

/// The lease of a key is over: what waited for that, or for the owner's window, makes the next owner.
void Dispatch::free(Key& key) {
    std::vector<Pending*> waiting = all_of(key.waiting);
    for (Pending* pending : all_of(key.endpoint->queue)) {
        if (pending->key == &key) waiting.push_back(pending);
    }
    leases_.free(key);
    placement_.bind(key, nullptr);
    if (waiting.empty()) return placement_.erase_if_idle(key);
    move_on(waiting);
}

void Dispatch::fail(Pending& pending, wire::Failure failure) {
    outcomes_.emplace_back(pending.request.call, std::move(failure));
    forget(pending);
}

void Dispatch::fail_queue(Route& route) {
    std::vector<Pending*> waiting;
    calls_.for_each([&](Pending& pending) {
        if (pending.state == State::queued && pending.route == &route) waiting.push_back(&pending);
    });
    for (Pending* pending : waiting) {
        dequeue(*pending);
        fail(*pending, nobody_left(pending->request.topic));
    }
}

/// Nobody handles the route any more, but what belongs to its keys may still run.
void Dispatch::forget_keys(Route& route) {
    std::vector<Key*> keys;
    route.keys.for_each([&](Key& key) { keys.push_back(&key); });
    calls_.for_each([&](Pending& pending) {
        if (pending.key != nullptr && pending.key->route == &route) pending.key = nullptr;
    });
    for (Key* key : keys) {
        key->requests = 0;
        if (key->leased()) leases_.free(*key);
        placement_.erase_if_idle(*key);
    }
}

}  // namespace fairlead::backplane
