// SPDX-License-Identifier: Apache-2.0
#include "core/replies.h"

#include <utility>

namespace fairlead::core {
namespace {

constexpr std::size_t kMaxAskers = 1000;  // of one request at once
constexpr std::size_t kEntryCost = 256;

// No part of it has a byte 0.
std::string name_of(const Request& request) {
    std::string name = request.caller ? request.caller->service : std::string();
    name.append(1, '\0').append(request.topic).append(1, '\0').append(request.key);
    return name;
}

bool is_final(const Outcome& outcome) {
    const auto* failed = std::get_if<wire::Failure>(&outcome);
    if (failed == nullptr) return true;
    return !failed->temporary && failed->code != static_cast<std::uint32_t>(wire::Code::not_found);
}

}  // namespace

Replies::Found Replies::ask(const Request& request, CallId asker, base::Steady now) {
    tick(now);
    std::string name = name_of(request);
    const std::uint64_t payload = hash_(request.payload);
    if (const auto found = by_name_.find(name); found != by_name_.end()) {
        Entry& entry = *found->second;
        if (entry.payload != payload) return {State::differs};
        if (entry.outcome) return {State::done, 0, &*entry.outcome};
        if (entry.askers.size() >= kMaxAskers) return {State::crowded};
        entry.askers.push_back(asker);
        return {State::running};
    }
    const auto entry = running_.insert(running_.end(), Entry{std::move(name), payload, {asker}, {}, {}});
    by_name_.emplace(entry->name, entry);
    by_work_.emplace(++last_work_, entry);
    return {State::fresh, last_work_};
}

std::vector<CallId> Replies::settle(std::uint64_t work, const Outcome& outcome, base::Steady now) {
    const auto found = by_work_.find(work);
    if (found == by_work_.end()) return {};
    const Entries::iterator entry = found->second;
    by_work_.erase(found);
    std::vector<CallId> askers = std::move(entry->askers);
    entry->askers = {};
    if (is_final(outcome)) {
        keep(entry, outcome, now);
    } else {
        by_name_.erase(entry->name);
        running_.erase(entry);
    }
    return askers;
}

void Replies::keep(Entries::iterator entry, const Outcome& outcome, base::Steady now) {
    entry->outcome = outcome;
    entry->until = now + options_.replies_age;
    done_.splice(done_.end(), running_, entry);
    bytes_ += cost(*entry);
    while (bytes_ > options_.max_replies_bytes)
        forget(done_.begin());
}

void Replies::tick(base::Steady now) {
    while (!done_.empty() && done_.front().until <= now)
        forget(done_.begin());
}

void Replies::forget(Entries::iterator entry) {
    bytes_ -= cost(*entry);
    by_name_.erase(entry->name);
    done_.erase(entry);
}

std::size_t Replies::cost(const Entry& entry) noexcept {
    const auto* reply = std::get_if<std::string>(&*entry.outcome);
    const std::size_t text =
        reply != nullptr ? reply->size() : std::get<wire::Failure>(*entry.outcome).message.size();
    return kEntryCost + entry.name.size() + text;
}

}  // namespace fairlead::core
