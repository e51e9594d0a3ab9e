// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "backplane/counts.h"
#include "backplane/door.h"
#include "backplane/feeds.h"
#include "backplane/links.h"
#include "backplane/liveness.h"
#include "backplane/options.h"
#include "backplane/outlet.h"
#include "base/clock.h"
#include "core/broker.h"

namespace fairlead::backplane {

/// Frames on their way out: collected in the links' batches, and sent once a turn.
/// Threads: one, core's.
class Outbound final : public Outlet, public FeedOutlet {
public:
    /// `want_turn` is called when there is something to flush that was not asked for before.
    Outbound(const Options& options, const base::Clock& clock, Door& door, Links& links,
             const Liveness& liveness, Counts& counts, std::function<void()> want_turn)
        : options_(options),
          clock_(clock),
          door_(door),
          links_(links),
          liveness_(liveness),
          counts_(counts),
          want_turn_(std::move(want_turn)) {}

    void attach(core::Broker& broker) noexcept { broker_ = &broker; }

    bool send_request(Instance& instance, const Pending& pending) override;
    void send_cancel(Instance& instance, core::CallId call) override;
    void send_lease(Instance& instance, const wire::Lease& lease) override;
    bool send_event(Instance& instance, const EventCopy& copy) override;
    void settle(core::CallId call, core::Outcome&& outcome) override;
    void send_told(Instance& instance, const wire::Told& frame, std::string&& payload) override;
    core::SnapshotPage snapshot(core::Subjects subjects, std::uint64_t from, std::size_t max_events) override;

    /// Into the link's batch. False: the frame is larger than frames may be.
    template <typename F>
    bool post(Link& link, const F& frame, Outgoing payload = {}) {
        if (!link.batch.add(frame, std::move(payload))) return false;
        posted(link);
        return true;
    }

    /// At once, past any batch, to a peer that may have no link. What cannot be sent is forgotten.
    template <typename F>
    void send_now(std::string_view routing_id, const F& frame) {
        header_.clear();
        write(frame, header_);
        send_header_now(routing_id);
    }

    /// A heartbeat, with what was taken of the link.
    void post_heartbeat(Link& link);

    /// Sends what the batches hold. A peer that is gone has its link marked as ending; one that does not read
    /// is marked as congested and named in newly_congested(). True if anything was sent.
    bool flush();
    bool flush(Link& link);
    void mark_dirty(Link& link);
    bool is_dirty() const noexcept { return !dirty_.empty(); }
    std::vector<core::LinkId> take_newly_congested() noexcept { return std::exchange(congested_, {}); }
    std::vector<core::LinkId> take_relieved() noexcept { return std::exchange(relieved_, {}); }

    /// Requests and events that are still in the link's batch; they are the caller's to give to others.
    /// Session events go too: behind a greeting they are told again, in their order.
    struct Unsent {
        std::vector<core::CallId> calls;
        std::vector<EventCopy> events;
    };
    Unsent withdraw(Link& link);

private:
    void posted(Link& link);
    void send_header_now(std::string_view routing_id);
    base::SendOutcome send_message(Link& link, std::size_t pairs);
    void set_congested(Link& link, bool congested);

    const Options& options_;
    const base::Clock& clock_;
    Door& door_;
    Links& links_;
    const Liveness& liveness_;
    Counts& counts_;
    const std::function<void()> want_turn_;
    core::Broker* broker_ = nullptr;

    std::vector<core::LinkId> dirty_;
    std::vector<core::LinkId> flushing_;
    std::vector<core::LinkId> congested_;
    std::vector<core::LinkId> relieved_;
    std::vector<zmq::message_t> parts_;
    std::string header_;
    wire::Request request_;  // keeps the memory of its headers
    wire::Event event_;
};

}  // namespace fairlead::backplane
