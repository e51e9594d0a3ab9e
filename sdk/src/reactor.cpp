// SPDX-License-Identifier: Apache-2.0
#include "src/reactor.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "src/errors.h"
#include "src/request_state.h"
#include "src/version.h"

namespace fairlead::detail {
namespace {

constexpr std::chrono::milliseconds kTimerTick{10};
// How long the broker may need to say that it has heard our drain, before it is taken for one that does not
// say so.
constexpr std::chrono::milliseconds kDrainAnswer{1000};

template <typename... Cases>
struct Switch : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Switch(Cases...) -> Switch<Cases...>;

}  // namespace

Reactor::Reactor(std::shared_ptr<Shared> shared, const ServiceOptions& options, LinkKeys keys,
                 Registration& registration, WorkerPool& pool, Readiness& readiness)
    : shared_(std::move(shared)),
      registration_(registration),
      pool_(pool),
      readiness_(readiness),
      now_(shared_->host->now()),
      link_(options.brokers.front(), std::move(keys), *this, *shared_),
      leases_(shared_, link_, pool, registration.by_topic),
      dispatcher_(shared_, link_, pool, leases_, registration.by_topic, registration.listeners,
                  options.event_queue_bytes),
      feed_(shared_, link_, pool, registration.session_handlers, registration.group),
      calls_(shared_, link_, pool, now_),
      outlet_(shared_, link_, now_),
      alarms_(pool) {}

void Reactor::run() noexcept {
    try {
        shared_->host->begin([this] { return pool_.idle(); });
        loop();
        end(make_error(wire::Code::stopped));
    } catch (const std::exception& exception) {
        shared_->log->error("the service ends", {{"why", exception.what()}});
        clean_ = false;
        end(make_error(wire::Code::internal, exception.what()));
    }
    shared_->host->end();
}

void Reactor::loop() {
    link_.open(now_);
    while (!link_.closed()) {
        wait();
        turn();
    }
}

void Reactor::turn() {
    now_ = shared_->host->now();
    shared_->inbox.drain([this](Command&& command) { take(std::move(command)); });
    link_.receive(now_);
    link_.tick(now_);
    calls_.tick(now_);
    outlet_.tick(now_);
    alarms_.tick(now_);
    calls_.pump(now_);
    outlet_.pump();
    dispatcher_.submit();
    leases_.submit();
    feed_.submit();
    calls_.submit();
    if (draining_) go_on_leaving();
    link_.flush();
    more_ = link_.receive(now_);
}

void Reactor::wait() {
    descriptors_.clear();
    descriptors_.push_back(pollfd{shared_->inbox.descriptor(), POLLIN, 0});
    link_.add_descriptors(descriptors_);
    shared_->host->wait(descriptors_, more_ ? base::Steady::min() : next_due());
    if (descriptors_.front().revents != 0) shared_->inbox.clear_wakeup();
}

base::Steady Reactor::next_due() const {
    base::Steady due = std::min(link_.next_due(), alarms_.next_due());
    if (calls_.timers() + outlet_.timers() > 0 || draining_)
        due = std::min(due, shared_->host->now() + kTimerTick);
    return due;
}

void Reactor::take(Command&& command) {
    std::visit(Switch{[this](Answered& answered) { dispatcher_.on_answered(answered.request); },
                      [this](TurnEnded& ended) { dispatcher_.on_turn_ended(*ended.request); },
                      [this](EventHeard& heard) { dispatcher_.on_event_heard(heard); },
                      [this](SetWindow& wish) { dispatcher_.set_window(wish); },
                      [this](LeaseTold& told) { leases_.on_told(told); },
                      [this](GiveUp& wish) { leases_.give_up(wish); },
                      [this](Ask& ask) { calls_.begin(std::move(ask.call), now_); },
                      [this](Send& send) { outlet_.begin(std::move(send.send)); },
                      [this](Handled& batch) { feed_.on_handled(batch); },
                      [this](Wake& wake) { alarms_.add(std::move(wake)); },
                      [this](Leave& leave) { begin_leave(leave.deadline); }},
               command);
}

void Reactor::on_frame(wire::Frame& frame, zmq::message_t& payload) {
    std::visit(Switch{[&](const wire::Request& f) { dispatcher_.on_request(f, std::move(payload), now_); },
                      [&](const wire::Cancel& f) { dispatcher_.on_cancel(f); },
                      [&](const wire::Event& f) { dispatcher_.on_event(f, std::move(payload)); },
                      [&](const wire::Lease& f) { leases_.on_lease(f); },
                      [&](const wire::Told& f) { feed_.on_told(f, std::move(payload)); },
                      [&](const wire::Reply& f) { calls_.on_reply(f, payload, now_); },
                      [&](const wire::Error& f) { calls_.on_error(f, now_); },
                      [&](const wire::Returned& f) { calls_.on_returned(f); },
                      [&](const wire::Ack& f) { outlet_.on_ack(f); },
                      [&](const wire::Heartbeat& f) { outlet_.on_taken(f.taken_bytes); },
                      [&](const wire::Drain&) { drain_told_ = draining_; }, [&](const wire::Probe&) {},
                      [&](const auto&) { shared_->counters.frames_ignored.add(); }},
               frame);
}

wire::Greeting Reactor::greeting() {
    wire::Greeting greeting;
    greeting.service = registration_.service;
    greeting.version = registration_.version;
    greeting.instance = registration_.instance;
    greeting.sdk = kSdkName;
    if (!draining_) {
        for (const EndpointState& endpoint : registration_.endpoints) {
            greeting.endpoints.push_back(wire::Endpoint{endpoint.topic,
                                                        endpoint.window,
                                                        endpoint.timeout,
                                                        endpoint.idempotent,
                                                        endpoint.route_text,
                                                        {},
                                                        endpoint.owner});
        }
        for (const ListenerState& listener : registration_.listeners) {
            greeting.interests.push_back(wire::Interest{listener.pattern, listener.group});
        }
        const SessionHandlers& handlers = registration_.session_handlers;
        const std::string& group = registration_.group;
        if (handlers.session) greeting.interests.push_back(wire::Interest{wire::kSessionInterest, group});
        if (handlers.user) greeting.interests.push_back(wire::Interest{wire::kUserInterest, group});
        if (handlers.channel) greeting.interests.push_back(wire::Interest{wire::kChannelInterest, group});
    }
    greeting.running = dispatcher_.running();
    return greeting;
}

void Reactor::on_welcome(const wire::Welcome& welcome, bool new_boot) {
    if (welcomed_) shared_->counters.reconnects.add();
    welcomed_ = true;
    shared_->max_payload_bytes.store(welcome.max_payload_bytes, std::memory_order_relaxed);
    shared_->linked.store(true, std::memory_order_relaxed);
    dispatcher_.on_welcome(new_boot);
    leases_.on_welcome();
    feed_.on_welcome(new_boot);
    calls_.on_welcome(new_boot);
    outlet_.on_welcome(welcome, new_boot);
    readiness_.set_ready(true);
}

void Reactor::on_down() {
    shared_->linked.store(false, std::memory_order_relaxed);
    feed_.on_down();
    readiness_.set_ready(false);
}

void Reactor::on_refused(std::uint32_t code, std::string_view reason) {
    shared_->log->error("the broker refuses this service", {{"code", code}, {"why", reason}});
    clean_ = false;
    Error why{code, std::string(reason), false, {}};
    if (code == 0) why.code = static_cast<std::uint32_t>(wire::Code::unavailable);
    readiness_.set_failed(std::move(why));
}

void Reactor::begin_leave(base::Steady deadline) {
    if (draining_) return;
    shared_->host->leaving();
    draining_ = true;
    leave_by_ = deadline;
    drain_told_by_ = now_ + kDrainAnswer;
    dispatcher_.drain();
    leases_.drain();
    feed_.drain();
    shared_->log->info("stopping", {});
    link_.send(wire::Drain{});
}

bool Reactor::finished() {
    // Without a broker nobody will take what is left.
    if (!link_.up()) return handlers_ended();
    bool drained = drain_told_ || now_ >= drain_told_by_;
    if (!drained || !dispatcher_.idle() || !feed_.idle()) return false;
    dispatcher_.close_events();
    return handlers_ended() && calls_.idle() && outlet_.idle();
}

bool Reactor::handlers_ended() const {
    return pool_.idle() && shared_->tasks.empty() && dispatcher_.heard() && leases_.idle();
}

void Reactor::go_on_leaving() {
    if (!link_.up() && leaving_) return;
    bool late = now_ >= leave_by_;
    if (!late && !finished()) return;
    clean_ = clean_ && finished();
    leaving_ = true;
    if (late) dispatcher_.cancel_all();
    feed_.close();
    link_.leave(now_);
}

void Reactor::end(Error why) {
    shared_->ending.store(true, std::memory_order_relaxed);
    shared_->linked.store(false, std::memory_order_relaxed);
    readiness_.set_ended(why);
    shared_->inbox.close();
    shared_->inbox.drain([this](Command&& command) { take(std::move(command)); });
    dispatcher_.close();
    leases_.drain();
    leases_.submit();
    if (std::optional<Error> refused = readiness_.ended()) why = *refused;
    calls_.end_all(why);
    outlet_.end_all(why);
    calls_.submit();
}

}  // namespace fairlead::detail
