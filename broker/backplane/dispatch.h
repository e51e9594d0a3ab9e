// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "backplane/balancer.h"
#include "backplane/call_table.h"
#include "backplane/options.h"
#include "backplane/outlet.h"
#include "backplane/registry.h"
#include "base/clock.h"
#include "core/ports.h"

namespace fairlead::backplane {

/// Gives each request one outcome: to an instance, into the topic's queue, to another instance when that is
/// safe.
///
/// Never left the broker, send failed, or returned: to another instance. Handed over and lost: to another
/// instance if the endpoint is idempotent, else "outcome unknown". A cancelled request keeps its place in the
/// window until the instance answers, since its handler may still run, but only for a grace. Deadlines are
/// core's: it cancels; here only nothing is sent late. Threads: one, core's.
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
        std::uint64_t late = 0;        ///< answers that nobody waits for
        std::uint64_t other_boot = 0;  ///< answers to calls of an earlier broker
    };

    Dispatch(const Options& options, const base::Clock& clock, Registry& registry, Outlet& outlet)
        : options_(options), clock_(clock), registry_(registry), outlet_(outlet) {}

    core::Routed request(core::Request&& request);

    /// Unknown calls are ignored.
    void cancel(core::CallId call);

    /// A reply or an error of an instance.
    void answered(Instance& instance, core::CallId call, core::Outcome&& outcome);

    /// The instance hands a request back that it did not begin.
    void returned(Instance& instance, core::CallId call, wire::ReturnReason reason);

    /// A request did not leave: its message could not be sent.
    void unsent(core::CallId call);

    /// The instance is gone and detached; what did not leave was told with unsent() before.
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

    /// Asks endpoints again that said "full", and ends the grace of cancelled requests.
    void tick();

    Counts counts() const noexcept;

private:
    using State = Pending::State;

    core::Routed refuse(const Route* route);
    base::Steady deadline_of(const core::Request& request, const Route& route) const noexcept;
    Pending* held_by(const Instance& instance, core::CallId call) noexcept;
    void count_stray(core::CallId call) noexcept;

    bool has_room(Route& route, std::size_t bytes);
    void enqueue(Route& route, Pending& pending, bool first);
    void dequeue(Pending& pending) noexcept;
    void drop_expired(Route& route);
    void send(Pending& pending, Endpoint& endpoint);
    Route* release(Pending& pending) noexcept;
    void pump(Route& route);
    void retry(Pending& pending, wire::Failure failure_if_none);
    void end_graces();
    void settle_lost(Pending& pending);
    void fail(Pending& pending, wire::Failure failure);
    void fail_queue(Route& route);

    const Options& options_;
    const base::Clock& clock_;
    Registry& registry_;
    Outlet& outlet_;
    Balancer balancer_;
    CallTable calls_;
    std::vector<std::pair<core::CallId, core::Outcome>> outcomes_;
    std::deque<std::pair<base::Steady, Handover>> cancelled_;  ///< and when their grace ends, in order
    std::optional<base::Steady> ask_again_;                    ///< when the first held endpoint may be asked
    std::uint64_t sendings_ = 0;
    std::uint64_t boot_bits_ = 0;  ///< the highest 16 bits of this broker's call ids
    Counts counts_;
};

}  // namespace fairlead::backplane
