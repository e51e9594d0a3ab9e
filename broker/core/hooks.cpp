// SPDX-License-Identifier: Apache-2.0
#include "core/hooks.h"

#include <algorithm>
#include <utility>

#include "wire/frame_writer.h"
#include "wire/value_check.h"

namespace fairlead::core {
namespace {

using wire::Code;
using State = HookReply::State;

constexpr std::size_t kMaxKeyBytes = 2048;  // a question with more in it is taken for unlike all others
constexpr std::chrono::seconds kFaultSaidEvery{10};

HookReply fault(Code code, std::string message) {
    HookReply reply;
    reply.failure = wire::failure(code, std::move(message));
    return reply;
}

HookReply no_answer() {
    return fault(Code::internal, "it could not be decided whether this is allowed");
}

/// What a refusal may say to a client.
wire::Failure refusal(const wire::HookAnswer& answer) {
    const auto internal = static_cast<std::uint32_t>(Code::internal);
    const bool known = answer.code > internal && answer.code < static_cast<std::uint32_t>(Code::position_expired);
    const bool application = answer.code >= 400 && answer.code < 2000;
    wire::Failure failure = wire::failure(Code::denied, std::string(answer.reason));
    if (!known && !application) return failure;
    const wire::ErrorRow* row = wire::find_error(answer.code);
    failure.code = answer.code;
    if (answer.reason.empty()) failure.message = row != nullptr ? row->message : "refused";
    return failure;
}

void append(std::string& key, std::string_view part) {
    key += std::to_string(part.size());
    key += ':';
    key += part;
}

}  // namespace

Hooks::Hooks(const Options& options, const Ports& ports, Requests& requests)
    : options_(options.hook),
      clock_(ports.clock),
      log_(ports.log),
      requests_(requests),
      cache_(options.hook.cache_bytes) {
    requests_.on_hook([this](std::uint64_t id, Outcome&& outcome) {
        settle(static_cast<QuestionId>(id), std::move(outcome));
    });
}

QuestionId Hooks::ask(wire::Hook hook, std::string_view space, CallerPtr caller, const wire::HookQuestion& question,
                      Done done) {
    Request request;
    request.topic = wire::hook_topic(hook, space);
    request.deadline = clock_.now() + options_.deadline;
    wire::write(question, request.payload);
    std::string key = make_key(request, *caller);
    request.caller = std::move(caller);
    if (!key.empty()) {
        HookReply reply;
        const std::string* cached = cache_.find(key, clock_.now());
        const std::string answer = cached != nullptr ? *cached : std::string();  // what done() asks may push it out
        if (cached != nullptr && read(answer, reply)) {
            done(reply);
            return 0;
        }
    }
    if (open_.size() >= options_.max_concurrent) {
        done(fault(Code::overloaded, "too many questions wait for an answer"));
        return 0;
    }
    do
        ++last_;
    while (last_ == 0 || open_.count(last_) != 0);
    const QuestionId id = last_;
    Open& open = open_[id];
    open.key = std::move(key);
    open.done = std::move(done);
    open.caller = request.caller;
    const auto leader = open.key.empty() ? leaders_.end() : leaders_.find(open.key);
    if (leader != leaders_.end()) {
        open.request = std::move(request);
        open_[leader->second].followers.push_back(id);
        return id;
    }
    if (!open.key.empty()) leaders_.emplace(open.key, id);
    send(id, std::move(request));
    return open_.count(id) != 0 ? id : 0;
}

void Hooks::send(QuestionId id, Request&& request) {
    Open& open = open_[id];
    open.asked = true;
    open.era = era_;
    requests_.ask(id, std::move(request));
}

void Hooks::cancel(QuestionId id) {
    const auto found = open_.find(id);
    if (found == open_.end()) return;
    Open gone = std::move(found->second);
    open_.erase(found);
    if (!gone.asked) return;
    requests_.abandon_hook(id);
    lead_on(gone);
}

// The client that asked first has gone; those who wait for the same still want to know.
void Hooks::lead_on(Open& gone) {
    const auto leader = leaders_.find(gone.key);
    std::vector<QuestionId>& waiting = gone.followers;
    waiting.erase(std::remove_if(waiting.begin(), waiting.end(), [&](QuestionId id) { return open_.count(id) == 0; }),
                  waiting.end());
    if (waiting.empty()) {
        // A question that is asked on its own leads nobody, though it has the key of another one.
        if (leader != leaders_.end() && open_.count(leader->second) == 0) leaders_.erase(leader);
        return;
    }
    const QuestionId next = waiting.front();
    waiting.erase(waiting.begin());
    leaders_[gone.key] = next;
    Open& open = open_[next];
    open.followers = std::move(waiting);
    send(next, std::move(open.request));
}

void Hooks::settle(QuestionId id, Outcome&& outcome) {
    const auto found = open_.find(id);
    if (found == open_.end()) return;
    Open open = std::move(found->second);
    open_.erase(found);
    const auto leader = leaders_.find(open.key);
    if (leader != leaders_.end() && leader->second == id) leaders_.erase(leader);

    HookReply reply = no_answer();
    const auto* payload = std::get_if<std::string>(&outcome);
    const bool good = payload != nullptr && read(*payload, reply);
    if (!good && clock_.now() - fault_said_at_ >= kFaultSaidEvery) {
        fault_said_at_ = clock_.now();
        const auto* failure = std::get_if<wire::Failure>(&outcome);
        log_.warning("a hook gave no answer: clients are refused",
                     {{"why", failure != nullptr ? failure->message : std::string("what it gave is no answer")}});
    }
    const bool lasts = good && reply.answer.cache_for.count() > 0;
    if (lasts) keep(open, *payload, reply);
    open.done(reply);
    settle_followers(open, reply, lasts || !good);
}

void Hooks::keep(const Open& open, const std::string& payload, const HookReply& reply) {
    if (open.key.empty() || open.era != era_) return;
    // A client without a token is whom the connect hook says it is.
    const std::string_view user = open.caller->user.empty() ? reply.answer.user : std::string_view(open.caller->user);
    cache_.put(open.key, payload, user, clock_.now() + reply.answer.cache_for);
}

// Nobody joins a question that was asked before.
void Hooks::forget(std::string_view user) {
    ++era_;
    leaders_.clear();
    cache_.forget(user);
}

void Hooks::forget_all() {
    ++era_;
    leaders_.clear();
    cache_.clear();
}

void Hooks::settle_followers(const Open& leader, const HookReply& reply, bool shared) {
    for (const QuestionId id : leader.followers) {
        const auto found = open_.find(id);
        if (found == open_.end()) continue;
        if (!shared) {
            Request request = std::move(found->second.request);
            request.deadline = clock_.now() + options_.deadline;
            send(id, std::move(request));
            continue;
        }
        const Done done = std::move(found->second.done);
        open_.erase(found);
        done(reply);
    }
}

bool Hooks::read(const std::string& payload, HookReply& reply) {
    if (!reader_.read(payload, reply.answer) || !usable(reply.answer)) return false;
    reply.state = reply.answer.allow ? State::allowed : State::refused;
    if (!reply.answer.allow) reply.failure = refusal(reply.answer);
    return true;
}

// What clients get has a JSON form; meta is a map.
bool Hooks::usable(const wire::HookAnswer& answer) const {
    wire::ValueLimits limits;
    limits.bytes = wire::kHardPayloadBytes;
    limits.json = true;
    for (const std::string_view value : {answer.info, answer.data, answer.meta}) {
        if (!value.empty() && wire::check_value(value, limits) != wire::ValueFault::none) return false;
    }
    if (answer.meta.empty()) return true;
    const auto first = static_cast<unsigned char>(answer.meta.front());
    return (first & 0xf0U) == 0x80U || first == 0xdeU || first == 0xdfU;
}

std::string Hooks::make_key(const Request& request, const Caller& caller) const {
    std::string key;
    for (const std::string_view part : {std::string_view(request.topic), std::string_view(caller.user),
                                        std::string_view(caller.session), std::string_view(caller.address),
                                        std::string_view(caller.meta), std::string_view(request.payload)}) {
        append(key, part);
    }
    return key.size() <= kMaxKeyBytes ? key : std::string();
}

}  // namespace fairlead::core
