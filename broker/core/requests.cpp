// SPDX-License-Identifier: Apache-2.0
#include "core/requests.h"

#include <string>
#include <utility>

namespace fairlead::core {
namespace {

using wire::Code;
using wire::Failure;
using wire::failure;

constexpr base::Steady kNoDeadline{};

/// Who asks hooks: the broker stands among the services, under a link that none of them ever gets.
constexpr LinkId kHooks = 0xffffffff;
/// ... and who has that done what was asked with an idempotency key.
constexpr LinkId kOnce = 0xfffffffe;
/// For which that is waited for when its asker waits no more.
constexpr std::chrono::seconds kOnceLonger{30};

/// What may reach a client as an error. The numbers below 100 are the client SDKs' own, those from 2000 mean
/// other things there, and 0 is no error at all.
Failure for_client(Failure&& outcome) {
    // Clients know deadlines as an internal error that may be tried again.
    if (outcome.code == static_cast<std::uint32_t>(Code::deadline))
        return failure(Code::internal, std::move(outcome.message));
    const bool known = outcome.code >= 100 && wire::find_error(outcome.code) != nullptr;
    const bool application = outcome.code >= 400 && outcome.code < 2000;
    if (known || application) return std::move(outcome);
    return Failure{static_cast<std::uint32_t>(Code::internal), std::move(outcome.message), outcome.temporary};
}

std::string deadline_text(std::chrono::nanoseconds waited) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(waited);
    return "deadline exceeded: no outcome within " + std::to_string(ms.count()) + " ms";
}

Failure outcome_unknown(std::chrono::nanoseconds waited) {
    Failure unknown = failure(Code::internal, "outcome unknown: " + deadline_text(waited));
    unknown.temporary = false;
    return unknown;
}

}  // namespace

Requests::Requests(const Options& options, const Ports& ports, const Permissions& permissions, Edges& edges,
                   Clients& clients, const Ids& ids)
    : options_(options),
      clock_(ports.clock),
      log_(ports.log),
      services_(ports.services),
      permissions_(permissions),
      edges_(edges),
      clients_(clients),
      calls_(ids.first_call(), ids.hash(), clients),
      replies_(options, ids.hash()),
      deadlines_(ports.clock.now()) {}

void Requests::call(Client& client, Call&& command) {
    Failure denied = permissions_.client_calls(clients_.subject_of(client), command.topic);
    if (denied.code != 0) return edges_.fail(client.key, command.id, std::move(denied));
    Request request;
    request.topic = std::move(command.topic);
    request.caller = clients_.caller_of(client);
    request.payload = std::move(command.payload);
    route(calls_.add_of(client, command.id, clock_.now()), std::move(request));
}

void Requests::call(LinkId link, Request&& request) {
    const CallId number = request.call;
    if (calls_.find(link, number) != kNoRow) {
        // An outcome would be taken for the first one's.
        log_.warning("a service gave two of its requests one number, the second is dropped",
                     {{"link", link}});
        return;
    }
    const Row row = calls_.add_of(link, number, clock_.now());
    if (const auto kind = wire::inquiry_of(request.topic))
        return finish(row, inquired_(*kind, request.payload));
    Failure denied = permissions_.service_calls(request.topic);
    if (denied.code == 0 && request.key.size() > wire::kMaxKeyBytes)
        denied = failure(Code::bad_request, "an idempotency key has at most 255 bytes");
    if (denied.code != 0) return finish(row, std::move(denied));
    if (!request.key.empty()) return call_once(row, std::move(request));
    route(row, std::move(request));
}

void Requests::call_once(Row row, Request&& request) {
    const CallId asker = calls_[row].id;
    const base::Steady now = clock_.now();
    const Replies::Found found = replies_.ask(request, asker, now);
    switch (found.state) {
        case Replies::State::done:
            return finish(row, Outcome(*found.outcome));
        case Replies::State::differs:
            return finish(row,
                          failure(Code::bad_request, "this idempotency key was used with another payload"));
        case Replies::State::crowded:
            return refuse(row, Code::overloaded);
        case Replies::State::running:
            arm(row, request.deadline);
            return;
        case Replies::State::fresh:
            break;
    }
    const Row work = calls_.add_of(kOnce, found.work, now);
    const CallId id = calls_[work].id;
    const std::optional<base::Steady> deadline = route(work, std::move(request));
    if (!deadline) return;  // whoever waits has the outcome
    deadlines_.cancel(calls_[calls_.find(id)].deadline);
    arm(calls_.find(id), *deadline + kOnceLonger);
    arm(calls_.find(asker), *deadline);
}

void Requests::settle_once(std::uint64_t work, const Outcome& outcome) {
    for (const CallId asker : replies_.settle(work, outcome, clock_.now())) {
        const Row row = calls_.find(asker);
        if (row != kNoRow) finish(row, Outcome(outcome));
    }
}

void Requests::ask(std::uint64_t question, Request&& request) {
    route(calls_.add_of(kHooks, question, clock_.now()), std::move(request));
}

void Requests::abandon_hook(std::uint64_t question) {
    abandon(kHooks, question);
}

std::optional<base::Steady> Requests::route(Row row, Request&& request) {
    const CallId id = calls_[row].id;
    if (request.deadline != kNoDeadline && request.deadline <= clock_.now()) return expire(row), std::nullopt;
    request.call = id;
    const Routed routed = services_.request(std::move(request));
    // It may be settled by now, and the row another's.
    row = calls_.find(id);
    if (row == kNoRow) return std::nullopt;
    if (routed.state == Routed::State::taken) return arm(row, routed.deadline);
    refuse(row, routed.state == Routed::State::not_found ? Code::not_found : Code::overloaded);
    return std::nullopt;
}

base::Steady Requests::arm(Row row, base::Steady deadline) {
    if (deadline == kNoDeadline) deadline = clock_.now() + options_.request_deadline;
    calls_[row].deadline = deadlines_.add(deadline, row);
    return deadline;
}

void Requests::settle(CallId call, Outcome&& outcome) {
    const Row row = calls_.find(call);
    if (row == kNoRow) {
        ++late_outcomes_;
        return;
    }
    finish(row, std::move(outcome));
}

void Requests::finish(Row row, Outcome&& outcome) {
    const OpenCall call = calls_[row];
    deadlines_.cancel(call.deadline);
    calls_.remove(row);
    if (call.client == kNoRow && call.link == kHooks) return hooked_(call.number, std::move(outcome));
    if (call.client == kNoRow && call.link == kOnce) return settle_once(call.number, outcome);
    if (call.client == kNoRow) return services_.answer(call.link, call.number, std::move(outcome));
    answer(clients_[call.client].key, static_cast<std::uint32_t>(call.number), std::move(outcome));
}

void Requests::answer(const ClientKey& client, std::uint32_t id, Outcome&& outcome) {
    if (auto* failed = std::get_if<Failure>(&outcome))
        return edges_.fail(client, id, for_client(std::move(*failed)));
    edges_.post(client.edge, Answered{client, id, std::get<std::string>(std::move(outcome))});
}

void Requests::expire(Row row) {
    const CallId id = calls_[row].id;
    const auto waited = clock_.now() - calls_[row].started;
    finish(row, calls_[row].link == kOnce ? outcome_unknown(waited)
                                          : failure(Code::deadline, deadline_text(waited)));
    services_.cancel(id);
}

void Requests::drop(Row row) {
    const CallId id = calls_[row].id;
    deadlines_.cancel(calls_[row].deadline);
    calls_.remove(row);
    services_.cancel(id);
}

void Requests::abandon(LinkId link, CallId number) {
    const Row row = calls_.find(link, number);
    if (row != kNoRow) drop(row);
}

void Requests::abandon_all(LinkId link) {
    for (Row row = calls_.first_of(link); row != kNoRow; row = calls_.first_of(link))
        drop(row);
    calls_.forget(link);
}

void Requests::abandon_all(const Client& client) {
    for (Row row = calls_.first_of(client); row != kNoRow; row = calls_.first_of(client))
        drop(row);
}

void Requests::tick() {
    replies_.tick(clock_.now());
    deadlines_.advance(clock_.now(), [this](Row row) { expire(row); });
}

}  // namespace fairlead::core
