// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "core/calls.h"
#include "core/edges.h"
#include "core/from_edge.h"
#include "core/permissions.h"
#include "core/replies.h"
#include "wire/inquiry.h"

namespace fairlead::core {

/// Requests of clients and services: granted, routed, and given exactly one outcome each: what Services
/// settled, that nobody can take it, or its deadline. Services may settle a request while it is still being
/// handed over.
///
/// With an idempotency key (core/replies.h) the work is a request of its own, for which the asker waits: it
/// goes on when the asker's deadline is over or the asker is gone, so that who asks again finds its outcome.
///
/// Threads: one.
class Requests {
public:
    Requests(const Options& options, const Ports& ports, const Permissions& permissions, Edges& edges,
             Clients& clients, const Ids& ids);

    void call(Client& client, Call&& command);
    void call(LinkId link, Request&& request);
    void settle(CallId call, Outcome&& outcome);

    /// A question of the broker itself; its outcome goes to on_hook's function, perhaps before this returns.
    void ask(std::uint64_t question, Request&& request);
    void abandon_hook(std::uint64_t question);
    void on_hook(std::function<void(std::uint64_t question, Outcome&&)> answered) {
        hooked_ = std::move(answered);
    }

    /// Who answers what services ask the broker itself.
    void on_inquiry(std::function<Outcome(wire::InquiryKind, std::string_view payload)> answer) {
        inquired_ = std::move(answer);
    }

    /// The asker gave up, or is gone: nobody gets an outcome, and whoever works on it is told.
    void abandon(LinkId link, CallId number);
    void abandon_all(LinkId link);
    void abandon_all(const Client& client);

    /// Fires the deadlines that have passed.
    void tick();

    std::size_t size() const noexcept { return calls_.size(); }
    std::uint64_t late_outcomes() const noexcept { return late_outcomes_; }

private:
    /// The deadline, if it is under way.
    std::optional<base::Steady> route(Row row, Request&& request);
    void call_once(Row row, Request&& request);
    void settle_once(std::uint64_t work, const Outcome& outcome);
    base::Steady arm(Row row, base::Steady deadline);
    void expire(Row row);
    void drop(Row row);
    void refuse(Row row, wire::Code code) { finish(row, wire::failure(code)); }
    /// Takes the call out of the table and tells its asker.
    void finish(Row row, Outcome&& outcome);
    void answer(const ClientKey& client, std::uint32_t id, Outcome&& outcome);

    const Options& options_;
    base::Clock& clock_;
    base::Log& log_;
    Services& services_;
    const Permissions& permissions_;
    Edges& edges_;
    Clients& clients_;
    Calls calls_;
    Replies replies_;
    base::TimerWheel<Row> deadlines_;
    std::function<void(std::uint64_t, Outcome&&)> hooked_;
    std::function<Outcome(wire::InquiryKind, std::string_view)> inquired_;
    std::uint64_t late_outcomes_ = 0;
};

}  // namespace fairlead::core
