// SPDX-License-Identifier: Apache-2.0
#include "audit/publications.h"

#include <algorithm>
#include <tuple>

namespace fairlead::audit {
namespace {

std::uint64_t flow_key(std::uint32_t channel, std::uint32_t publisher) {
    return (std::uint64_t{channel} << 32) | publisher;
}

bool before(const Publication& a, const Publication& b) {
    return std::tie(a.channel, a.publisher, a.seq) < std::tie(b.channel, b.publisher, b.seq);
}

bool is_outcome(Kind kind) {
    return kind == Kind::ok || kind == Kind::fail || kind == Kind::unknown;
}

Outcome outcome_of(Kind kind) {
    if (kind == Kind::ok) return Outcome::ok;
    return kind == Kind::fail ? Outcome::fail : Outcome::unknown;
}

Publication begun(const Record& record, std::uint32_t index) {
    Publication publication;
    publication.invoked = record.stamp;
    publication.channel = record.channel;
    publication.publisher = record.actor;
    publication.seq = record.seq;
    publication.digest = record.digest;
    publication.record = index;
    return publication;
}

bool lower(const Publication* publication, std::uint64_t offset) {
    return publication->offset <= offset;
}

}  // namespace

std::uint64_t Epoch::count(std::uint64_t after, std::uint64_t until) const {
    const auto first = std::lower_bound(publications.begin(), publications.end(), after, lower);
    const auto last = std::lower_bound(publications.begin(), publications.end(), until, lower);
    return last > first ? static_cast<std::uint64_t>(last - first) : 0;
}

const Publication* Epoch::first_after(std::uint64_t offset) const {
    const auto first = std::lower_bound(publications.begin(), publications.end(), offset, lower);
    return first == publications.end() ? nullptr : *first;
}

Publications::Publications(const History& history, Report& report)
    : flows_(history.channels.size()), epochs_(history.channels.size()), rules_(history.channels.size()) {
    collect(history, report);
    index();
    settle(history, report);
    order_streams();
}

void Publications::collect(const History& history, Report& report) {
    for (std::uint32_t i = 0; i < history.records.size(); ++i) {
        const Record& record = history.records[i];
        if (record.kind == Kind::channel) rules_[record.channel] = record.flags;
        if (record.kind == Kind::publish) all_.push_back(begun(record, i));
    }
    std::stable_sort(all_.begin(), all_.end(), before);
    const auto same = [&](const Publication& a, const Publication& b) {
        if (before(a, b)) return false;
        report.add(Rule::record, "published a second time: " + history.describe(history.records[b.record]));
        return true;
    };
    all_.erase(std::unique(all_.begin(), all_.end(), same), all_.end());
}

void Publications::index() {
    for (auto begin = all_.begin(); begin != all_.end();) {
        const auto end = std::find_if(begin, all_.end(), [&](const Publication& each) {
            return each.channel != begin->channel || each.publisher != begin->publisher;
        });
        const Flow flow(begin, end);
        by_flow_.emplace(flow_key(begin->channel, begin->publisher), flow);
        flows_[begin->channel].push_back(flow);
        begin = end;
    }
}

void Publications::settle(const History& history, Report& report) {
    for (std::uint32_t i = 0; i < history.records.size(); ++i) {
        const Record& record = history.records[i];
        if (!is_outcome(record.kind)) continue;
        Publication* publication = find(record.channel, record.actor, record.seq);
        if (publication == nullptr || publication->outcome_record != kNoRecord) {
            report.add(Rule::record, "an outcome of nothing, or a second one: " + history.describe(record));
            continue;
        }
        publication->outcome = outcome_of(record.kind);
        publication->outcome_record = i;
        publication->ended = record.stamp;
        if (record.kind != Kind::ok) continue;
        publication->epoch = record.epoch;
        publication->offset = record.offset;
        publication->reached = record.code;
    }
}

void Publications::order_streams() {
    std::unordered_map<std::uint64_t, Epoch> found;
    for (const Publication& each : all_) {
        if (!each.ok() || each.epoch == 0) continue;
        Epoch& epoch = found[flow_key(each.channel, each.epoch)];
        epoch.number = each.epoch;
        epoch.begun = std::min(epoch.begun, each.ended);
        epoch.publications.push_back(&each);
    }
    for (auto& [key, epoch] : found) {
        std::sort(epoch.publications.begin(), epoch.publications.end(),
                  [](const Publication* a, const Publication* b) { return a->offset < b->offset; });
        epochs_[key >> 32].push_back(std::move(epoch));
    }
    for (auto& of_channel : epochs_)
        std::sort(of_channel.begin(), of_channel.end(),
                  [](const Epoch& a, const Epoch& b) { return a.begun < b.begun; });
}

Publication* Publications::find(std::uint32_t channel, std::uint32_t publisher, std::uint32_t seq) const {
    const auto flow = by_flow_.find(flow_key(channel, publisher));
    if (flow == by_flow_.end()) return nullptr;
    const std::uint64_t guess = std::uint64_t{seq} - flow->second.front().seq;  // without holes
    if (guess < flow->second.size() && flow->second[guess].seq == seq) return &flow->second[guess];
    const auto found =
        std::lower_bound(flow->second.begin(), flow->second.end(), seq,
                         [](const Publication& each, std::uint32_t to) { return each.seq < to; });
    return found != flow->second.end() && found->seq == seq ? &*found : nullptr;
}

const std::vector<Flow>& Publications::flows_of(std::uint32_t channel) const {
    return flows_[channel];
}

const std::vector<Epoch>& Publications::epochs_of(std::uint32_t channel) const {
    return epochs_[channel];
}

}  // namespace fairlead::audit
