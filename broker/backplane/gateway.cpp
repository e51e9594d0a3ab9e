// SPDX-License-Identifier: Apache-2.0
#include "backplane/gateway.h"

#include <algorithm>
#include <utility>
#include <zmq.hpp>

#include "backplane/departures.h"
#include "backplane/door_zmq.h"
#include "backplane/inbound.h"
#include "backplane/parts.h"
#include "backplane/rights.h"
#include "wire/frame.h"

namespace fairlead::backplane {
namespace {

constexpr std::size_t kMaxParts = 1 + 2 * wire::kMaxPairs;
constexpr std::chrono::milliseconds kFarewell{250};  // for goodbyes to leave, at most

}  // namespace

struct Gateway::Impl {
    Impl(std::unique_ptr<Door> a_door, const Options& options, const base::Clock& clock, base::Log& log,
         std::function<void()> want_turn)
        : door(std::move(a_door)),
          parts(options, clock, log, *door, [this] { ask_for_turn(); }),
          inbound(parts),
          departures(parts),
          want_turn_(std::move(want_turn)) {
        door->open(parts);
    }

    ~Impl() { close(); }

    // ---- turns

    bool on_turn() {
        if (broker == nullptr) return false;
        in_turn = true;
        door->admit();
        std::size_t budget = parts.options.turn_messages;
        bool any = receive(budget);
        // Sending can show that a peer is gone, and what that settles can give new frames to send. A few
        // rounds are enough but for odd cases, and those get another turn.
        for (int round = 0; round < 4; ++round) {
            bool settled = settle();
            bool sent = parts.outbound.flush();
            any = any || settled || sent;
            departures.share_out();
            // Also empties the door after sending, as its descriptor needs it.
            bool received = receive(budget);
            if (!settled && !sent && !received && !parts.links.any_ending()) break;
        }
        in_turn = false;
        if (parts.outbound.is_dirty() || parts.links.any_ending() || door->readable()) want_turn_();
        door->watch();
        return any;
    }

    /// True if there was anything. `drained` tells whether it was all.
    bool receive(std::size_t& budget) {
        bool any = false;
        drained = false;
        while (budget > 0) {
            base::ReceiveOutcome outcome = door->receive(message, kMaxParts);
            if (outcome == base::ReceiveOutcome::nothing) {
                drained = true;
                last_drained = parts.clock.now();
                break;
            }
            any = true;
            budget -= std::min(budget, inbound.handle(message, outcome == base::ReceiveOutcome::received));
        }
        return any;
    }

    /// What must wait until all input was read, since an answer in it changes the matter. A peer that floods
    /// us does not put it off for ever.
    bool settle() {
        if (drained || parts.clock.now() - last_drained > parts.options.dead_after) {
            inbound.settle_takeovers();
            parts.links.forget_old_routes();
            departures.settle();
        }
        return parts.dispatch.deliver();
    }

    // ---- time

    void tick() {
        if (broker == nullptr) return;
        const Liveness::Due& due = parts.liveness.sweep(parts.registry);
        for (Instance* instance : due.heartbeats)
            parts.outbound.post_heartbeat(*parts.links.find(instance->link));
        for (Instance* instance : due.probes) {
            static_cast<void>(parts.outbound.post(*parts.links.find(instance->link), wire::Probe{}));
        }
        parts.dispatch.tick();
        parts.dispatch.deliver();
        parts.events.tick();
        parts.feeds.tick();
        parts.strangers.tick();
        // To ask also takes back the descriptor's word that there is something to read.
        const bool waits = door->readable();
        const bool cut = parts.intake.tick(!waits);
        if (waits || cut) ask_for_turn();
        parts.links.for_each([this](Link& link) {
            if (link.instance->congested) parts.outbound.mark_dirty(link);
        });
        if (!due.silence) return;
        departures.suspect_silence();
        ask_for_turn();
    }

    // ---- the loop

    void ask_for_turn() {
        if (!in_turn) want_turn_();
    }

    // ---- keys

    void reload(std::vector<ServiceRights> services) {
        if (!parts.options.keyed()) return;
        parts.services.replace(std::move(services));
        parts.links.for_each([this](Link& link) { judge_again(link); });
        if (parts.links.any_ending()) ask_for_turn();
    }

    void judge_again(Link& link) {
        auto rights = parts.services.find(link.instance->key);
        const std::string why =
            rights ? refuse_registration(*link.instance, *rights) : "its key is not known any more";
        link.rights = std::move(rights);
        if (why.empty()) return;
        parts.outbound.send_now(link.routing_id,
                                wire::Refusal{static_cast<std::uint32_t>(wire::Code::denied), why});
        parts.links.end(link, why);
    }

    void close(std::chrono::milliseconds farewell = {}) {
        broker = nullptr;
        door->close(farewell);
    }

    void stop() {
        if (broker == nullptr) return close();
        parts.feeds.flush();
        parts.links.for_each([this](Link& link) {
            static_cast<void>(parts.outbound.post(link, wire::Goodbye{"the broker stops"}));
        });
        parts.outbound.flush();
        close(kFarewell);
    }

    const std::unique_ptr<Door> door;
    Parts parts;
    Inbound inbound;
    Departures departures;
    const std::function<void()> want_turn_;
    core::Broker* broker = nullptr;  // nullptr: not attached yet, or stopped

    std::vector<zmq::message_t> message;
    base::Steady last_drained{};
    bool drained = false;
    bool in_turn = false;
};

Gateway::Gateway(asio::io_context& io, const Options& options, const base::Clock& clock, base::Log& log,
                 std::function<void()> want_turn)
    : Gateway(std::make_unique<DoorZmq>(io, options, want_turn), options, clock, log, want_turn) {}

Gateway::Gateway(std::unique_ptr<Door> door, const Options& options, const base::Clock& clock, base::Log& log,
                 std::function<void()> want_turn)
    : impl_(std::make_unique<Impl>(std::move(door), options, clock, log, std::move(want_turn))) {}

Gateway::~Gateway() = default;

void Gateway::attach(core::Broker& broker) {
    impl_->broker = &broker;
    impl_->parts.outbound.attach(broker);
    impl_->inbound.attach(broker);
    impl_->departures.attach(broker);
    impl_->last_drained = impl_->parts.clock.now();
    impl_->door->watch();
    impl_->want_turn_();
}

void Gateway::tap(core::Tap& tap) {
    impl_->parts.events.tap(tap);
}

const std::vector<std::string>& Gateway::bound_endpoints() const noexcept {
    return impl_->door->addresses();
}

bool Gateway::on_turn() {
    return impl_->on_turn();
}

bool Gateway::input_waits() const {
    return impl_->broker != nullptr && impl_->door->readable();
}

void Gateway::reload(std::vector<ServiceRights> services) {
    impl_->reload(std::move(services));
}

void Gateway::tick() {
    impl_->tick();
}

void Gateway::stop() {
    impl_->stop();
}

core::Routed Gateway::request(core::Request&& request) {
    if (impl_->broker == nullptr) return {core::Routed::State::not_found, {}};
    const core::Routed routed = impl_->parts.dispatch.request(std::move(request));
    if (impl_->parts.dispatch.has_outcomes()) impl_->ask_for_turn();
    return routed;
}

void Gateway::cancel(core::CallId call) {
    if (impl_->broker != nullptr) impl_->parts.dispatch.cancel(call);
}

void Gateway::answer(core::LinkId id, core::CallId call, core::Outcome&& outcome) {
    Link* link = impl_->broker == nullptr ? nullptr : impl_->parts.links.find(id);
    if (link == nullptr) return;
    if (const auto* failure = std::get_if<wire::Failure>(&outcome)) {
        wire::Error frame{call, failure->code, failure->message, failure->temporary};
        static_cast<void>(impl_->parts.outbound.post(*link, frame));
    } else {
        const std::string& payload = std::get<std::string>(outcome);
        Outgoing out;
        out.bytes = zmq::message_t(payload.data(), payload.size());
        static_cast<void>(impl_->parts.outbound.post(*link, wire::Reply{call}, std::move(out)));
    }
}

bool Gateway::listens(core::Subjects subjects) const {
    return impl_->parts.feeds.listens(subjects);
}

void Gateway::tell(core::SessionEvent&& event) {
    if (impl_->broker != nullptr) impl_->parts.feeds.tell(event);
}

core::Emitted Gateway::emit(core::Event&& event) {
    if (impl_->broker == nullptr) return {};
    return impl_->parts.events.emit(std::move(event));
}

Counts Gateway::counts() const {
    Counts counts = impl_->parts.counts;
    counts.links = impl_->parts.links.size();
    counts.requests = impl_->parts.dispatch.counts();
    counts.events = impl_->parts.events.counts();
    counts.feeds = impl_->parts.feeds.counts();
    return counts;
}

std::vector<InstanceView> Gateway::instances() const {
    std::vector<InstanceView> views;
    impl_->parts.registry.for_each([&](const Instance& instance) {
        InstanceView view;
        view.link = instance.link;
        view.service = instance.service;
        view.version = instance.version;
        view.uuid = instance.uuid;
        view.key = instance.key;
        view.sdk = instance.sdk;
        view.draining = instance.draining;
        view.outstanding = instance.outstanding;
        view.reported_in_flight = instance.reported_in_flight;
        view.reported_queued = instance.reported_queued;
        view.reported_oldest = instance.reported_oldest;
        view.interests = instance.interests;
        for (const auto& endpoint : instance.endpoints) {
            if (endpoint->route == nullptr) continue;
            view.topics.push_back(
                {endpoint->route->pattern, endpoint->window, endpoint->outstanding, endpoint->route->queued});
        }
        views.push_back(std::move(view));
    });
    return views;
}

}  // namespace fairlead::backplane
