// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "backplane/call_table.h"
#include "backplane/leases.h"
#include "backplane/options.h"
#include "backplane/outlet.h"
#include "backplane/placement.h"
#include "backplane/registry.h"
#include "backplane/stalls.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/ports.h"

namespace fairlead::backplane {

/// Gives each request one outcome: to an instance, into a queue of the topic, to another instance when that
/// is safe.
///
/// A request without a key waits in the queue of its route for any instance; one with a key in that of the
/// endpoint of its key; one whose key had an owner that has to let go, with the key. All of a route count as
/// one queue.
///
/// Never left the broker, send failed, or returned: to another instance. Handed over and lost: to another
/// instance if the endpoint is idempotent and the route's budget allows it, the second time after a rest;
/// else "outcome unknown". A cancelled request keeps its place in the window until the instance answers,
/// since its handler may still run, but only for a grace. Deadlines are core's: it cancels; here only nothing
/// is sent late. Threads: one, core's.
class Dispatch {
public:
    /// One handing over of a request.
    struct Handover {
        core::CallId call = 0;
        std::uint64_t sending = 0;
    };

    struct Counts {
        std::size_t pending = 0;
        std::uint64_t requests = 0;
        std::uint64_t not_found = 0;
        std::uint64_t overloaded = 0;
        std::uint64_t retried = 0;
        std::uint64_t returned = 0;
        std::uint64_t outcome_unknown = 0;
        std::uint64_t late = 0;         ///< answers that nobody waits for
        std::uint64_t other_boot = 0;   ///< answers to calls of an earlier broker
        std::uint64_t over_budget = 0;  ///< lost requests that were not repeated, since too many were
        std::size_t leases = 0;
        std::uint64_t unreleased = 0;  ///< leases that ended without the owner's word
        std::uint64_t ignored = 0;     ///< windows and releases of what the instance does not have
        std::uint64_t stalled = 0;     ///< times that an instance made no progress
    };

    Dispatch(const Options& options, const base::Clock& clock, base::Log& log, Registry& registry,
             Outlet& outlet)
        : options_(options),
          clock_(clock),
          registry_(registry),
          outlet_(outlet),
          leases_(options, clock, outlet),
          placement_(registry, leases_),
          stalls_(clock, log, registry) {}

    core::Routed request(core::Request&& request);

    /// Unknown calls are ignored.
    void cancel(core::CallId call);

    /// A reply or an error of an instance.
    void answered(Instance& instance, core::CallId call, core::Outcome&& outcome);

    /// The instance hands a request back that it did not begin.
    void returned(Instance& instance, core::CallId call, wire::ReturnReason reason);

    /// A request did not leave: its message could not be sent.
    void unsent(core::CallId call);

    /// The instance has greeted: its endpoints may be others than before.
    void greeted(Instance& instance);

    /// The instance wants another window for an endpoint, and no other outcome than before for what exceeds
    /// it.
    void set_window(Instance& instance, const wire::Window& frame);

    /// The instance gets no more requests, and its leases end.
    void drain(Instance& instance);

    /// The instance gives a key up, or is done with a lease that ended.
    void release(Instance& instance, const wire::Release& frame);

    /// The instance believes that it owns a key, and is told whether it does.
    void claim(Instance& instance, const wire::Claim& frame);

    /// Tells the instance what it owns.
    void tell_leases(Instance& instance);

    /// The instance is gone and detached: leaving() first, then unsent() for what did not leave, then lost().
    void leaving(Instance& instance);
    void lost(Instance& instance);

    /// What `instance` holds and does not name as running after its connection was replaced, and tells it
    /// again what is cancelled. These are lost unless an answer is still on its way in: call lost() once all
    /// input was read.
    std::vector<Handover> not_listed(Instance& instance, std::span<const core::CallId> running);
    void lost(Instance& instance, std::span<const Handover> suspects);

    /// Instances or windows changed: sends what waits, and settles what waits for nobody.
    void rebalance();

    /// Hands the outcomes to core that could not be given at once. True if there were any.
    bool deliver();

    /// Whether there is something to deliver.
    bool has_outcomes() const noexcept { return !outcomes_.empty(); }

    /// What is due: endpoints that said "full" are asked again, cancelled requests give their place back,
    /// lost ones are repeated, leases end without a release, and instances may be found to make no progress.
    void tick();

    Counts counts() const noexcept;

private:
    using State = Pending::State;

    core::Routed request_keyed(Route& route, core::Request&& request, base::Steady now);
    void go(Route& route, Pending& pending, const Placement::Place& place, base::Steady now);
    core::Routed refuse(const Route* route);
    base::Steady deadline_of(const core::Request& request, const Route& route,
                             base::Steady now) const noexcept;
    std::optional<wire::Failure> obstacle(const Route& route, const Pending& pending) const;
    Pending* held_by(const Instance& instance, core::CallId call) noexcept;
    void count_stray(core::CallId call) noexcept;

    bool fits(Route& route, PendingList& queue, std::size_t bytes, base::Steady now);
    void enqueue(Route& route, PendingList& queue, Pending& pending);
    void dequeue(Pending& pending) noexcept;
    void drop_expired(PendingList& queue, base::Steady now);
    void send(Pending& pending, Endpoint& endpoint, base::Steady now);
    Route* release(Pending& pending);
    void forget(Pending& pending);

    void pump(Route& route, base::Steady now);
    void pump_endpoints(Route& route, base::Steady now);
    void settle_down(Route& route, base::Steady now);
    void route_again(Pending& pending, wire::Failure failure_if_none);
    void move_on(const std::vector<Pending*>& waiting);
    void move_queues(Instance& instance);
    void fail(Pending& pending, wire::Failure failure);
    void fail_queue(Route& route);

    void close(Instance& instance);
    void end_leases(Endpoint& endpoint);
    void free(Key& key);
    void forget_keys(Route& route);

    void retry(Pending& pending, wire::Failure failure_if_none);
    void settle_lost(Pending& pending);
    void rest(Pending& pending, base::Steady now);
    void end_graces();
    void end_rests();
    void note_latency(Pending& pending, const core::Outcome& outcome, base::Steady now) noexcept;

    const Options& options_;
    const base::Clock& clock_;
    Registry& registry_;
    Outlet& outlet_;
    Leases leases_;
    Placement placement_;
    Stalls stalls_;
    CallTable calls_;
    std::vector<std::pair<core::CallId, core::Outcome>> outcomes_;
    std::deque<std::pair<base::Steady, Handover>> cancelled_;  ///< and when their grace ends, in order
    std::set<std::pair<base::Steady, core::CallId>> resting_;  ///< and when they are repeated
    std::minstd_rand random_;                                  ///< for those times
    std::optional<base::Steady> ask_again_;                    ///< when the first held endpoint may be asked
    std::uint64_t sendings_ = 0;
    std::uint64_t boot_bits_ = 0;  ///< the highest 16 bits of this broker's call ids
    Counts counts_;
};

}  // namespace fairlead::backplane
