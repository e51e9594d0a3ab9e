// SPDX-License-Identifier: Apache-2.0
#include "audit/accounting.h"

#include <string>
#include <unordered_map>

namespace fairlead::audit {
namespace {

void count_copies(const History& history, const Publications& publications, const std::vector<Story>& stories,
                  Report& report) {
    for (const Story& story : stories) {
        for (const std::uint32_t each : story.deliveries) {
            const Record& delivery = history.records[each];
            ++report.deliveries;
            if (delivery.flags & kReplayed) {
                ++report.replayed;
                continue;
            }
            Publication* publication = publications.find(delivery.channel, delivery.publisher, delivery.seq);
            if (publication != nullptr) ++publication->live;
        }
    }
}

void count_outcomes(const History& history, const Publications& publications, Report& report) {
    for (const Publication& each : publications.all()) {
        ++(each.ok() ? report.accepted : each.outcome == Outcome::fail ? report.refused : report.unknown);
        if (!each.ok()) continue;
        report.handed_out += each.reached;
        report.handed_read += each.live;
        if (each.live > each.reached)
            report.add(Rule::accounting, "read by " + std::to_string(each.live) + " clients: " +
                                             history.describe(history.records[each.outcome_record]));
    }
}

void count_recoveries(const History& history, Report& report) {
    for (const Record& each : history.records) {
        if (each.kind != Kind::subscribed || !(each.flags & kWasRecovering)) continue;
        ++(each.flags & kRecovered ? report.recovered : report.not_recovered);
    }
}

const Publication* last_of(const Publications& publications, std::uint32_t channel) {
    const Publication* last = nullptr;
    for (const Flow& flow : publications.flows_of(channel)) {
        for (const Publication& each : flow) {
            if (each.ok() && (last == nullptr || each.invoked > last->invoked)) last = &each;
        }
    }
    return last;
}

void check_last(const History& history, const Publications& publications, Report& report) {
    std::unordered_map<std::uint32_t, std::uint32_t> done;
    for (const Record& each : history.records) {
        if (each.kind == Kind::done) ++done[each.channel];
    }
    for (const auto& [channel, subscribers] : done) {
        const Publication* last = last_of(publications, channel);
        if (last == nullptr || (last->reached == subscribers && last->live == subscribers)) continue;
        report.add(Rule::accounting, "of " + std::to_string(subscribers) + " subscribers " +
                                         std::to_string(last->live) + " read the last publication: " +
                                         history.describe(history.records[last->outcome_record]));
    }
}

}  // namespace

void check_accounting(const History& history, const Publications& publications,
                      const std::vector<Story>& stories, Report& report) {
    count_copies(history, publications, stories, report);
    count_outcomes(history, publications, report);
    count_recoveries(history, report);
    check_last(history, publications, report);
}

}  // namespace fairlead::audit
