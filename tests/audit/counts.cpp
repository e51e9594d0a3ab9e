// SPDX-License-Identifier: Apache-2.0
#include "audit/counts.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace fairlead::audit {
namespace {

constexpr std::uint32_t kSlow = 3008;

// What the broker said at one time; all 0 at its beginning.
struct Snapshot {
    std::int64_t asked = 0;
    std::int64_t answered = 0;
    std::uint32_t record = kNoRecord;
    std::map<std::string, std::uint64_t, std::less<>> counts;

    std::uint64_t operator[](std::string_view name) const {
        const auto found = counts.find(name);
        return found == counts.end() ? 0 : found->second;
    }
};

struct Between {
    Snapshot from;
    Snapshot to;

    std::uint64_t operator[](std::string_view name) const { return to[name] - from[name]; }
    bool has(std::int64_t stamp) const { return stamp > from.answered && stamp < to.asked; }
};

// How often something happened, as far as one can know.
struct Range {
    std::uint64_t least = 0;
    std::uint64_t most = 0;

    void add(std::uint64_t count, bool sure) {
        most += count;
        if (sure) least += count;
    }
    bool has(std::uint64_t count) const { return count >= least && count <= most; }
    std::string text() const {
        return least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
    }
};

std::vector<Between> spans_of(const History& history) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < history.records.size(); ++i) {
        if (history.records[i].kind >= Kind::began) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return history.records[a].stamp < history.records[b].stamp;
    });
    std::vector<Between> spans;
    Snapshot last;
    for (const std::uint32_t index : order) {
        const Record& each = history.records[index];
        if (each.kind == Kind::gone) continue;
        if (each.kind == Kind::began) last = {each.stamp, each.stamp, index, {}};
        if (each.kind == Kind::counting) spans.push_back({last, {each.stamp, each.stamp, index, {}}});
        if (each.kind != Kind::counted || spans.empty()) continue;
        spans.back().to.answered = each.stamp;
        spans.back().to.counts[history.channels.name_of(each.channel)] = each.offset;
        last = spans.back().to;
    }
    return spans;
}

class Ledger {
public:
    Ledger(const History& history, const Publications& publications, const std::vector<Story>& stories,
           const Between& span, Report& report)
        : history_(history), publications_(publications), span_(span), report_(report) {
        for (const Story& each : stories)
            ++subscribers_[each.channel];
        for (const Record& each : history.records) {
            if (each.kind == Kind::gone) gone_[each.actor] = each.stamp;
        }
        enter_publications();
        enter_clients();
    }

    void check() {
        compare("publications", accepted_);
        compare("copies", copies_);
        compare("publications_refused", refused_);
        if (span_.to["handed"] != span_.to["copies"]) say("handed", "as many as copies");
        check_missing();
        // Who did not read may read now what the broker before said.
        if (span_.from.counts.empty()) return;
        check_told("recovered", recovered_);
        check_told("unrecovered", unrecovered_);
        if (span_["closed_slow"] < closed_slow_) say("closed_slow", std::to_string(closed_slow_));
    }

private:
    std::int64_t end_of(const Publication& publication) const {
        if (publication.ended != kNever) return publication.ended;
        const auto found = gone_.find(publication.publisher);
        return found == gone_.end() ? kNever : found->second;
    }

    void enter_publications() {
        for (const Publication& each : publications_.all()) {
            const std::int64_t ended = end_of(each);
            if (ended < span_.from.asked || each.invoked > span_.to.answered) continue;
            const bool sure = span_.has(each.invoked) && span_.has(ended);
            if (each.outcome == Outcome::fail) {
                refused_.add(1, false);  // or by the SDK
                continue;
            }
            accepted_.add(1, sure && each.ok());
            copies_.add(each.ok() ? each.reached : subscribers_[each.channel], sure && each.ok());
            if (!each.ok()) refused_.add(1, false);
            if (sure && each.ok()) missing_ += each.reached - std::min(each.reached, each.live);
        }
    }

    void enter_clients() {
        for (const Record& each : history_.records) {
            if (each.stamp < span_.from.asked || each.stamp > span_.to.answered) continue;
            if (each.kind == Kind::lost) {
                cut_ = true;
                closed_slow_ += each.code == kSlow && span_.has(each.stamp) ? 1 : 0;
            }
            if (each.kind == Kind::subscribed && each.flags & kWasRecovering)
                (each.flags & kRecovered ? recovered_ : unrecovered_).add(1, span_.has(each.stamp));
        }
    }

    void compare(std::string_view name, const Range& range) {
        if (!range.has(span_[name])) say(name, range.text());
    }

    // What the broker did not send did not come.
    void check_missing() {
        const std::uint64_t untold = copies_.most - copies_.least;
        const std::uint64_t given_up = span_["dropped"] + span_["conflated"] + span_["unsent"];
        const bool more_came = given_up > missing_ + untold;
        const bool lost_in_silence = !cut_ && given_up + untold < missing_;
        if (more_came || lost_in_silence)
            report_.add(Rule::accounting, "the broker counts " + std::to_string(given_up) +
                                              " copies as not sent, and " + std::to_string(missing_) +
                                              " did not come" + when());
    }

    // Of replies some may be lost with their connection.
    void check_told(std::string_view name, const Range& told) {
        if (span_[name] < told.least || (!cut_ && span_[name] > told.most)) say(name, told.text());
    }

    void say(std::string_view name, const std::string& expected) {
        report_.add(Rule::accounting, "the broker counts " + std::string(name) + " " +
                                          std::to_string(span_[name]) + ", expected " + expected + when());
    }
    std::string when() const {
        return ", between " + std::to_string(span_.from.answered) + " and " +
               history_.describe(history_.records[span_.to.record]);
    }

    const History& history_;
    const Publications& publications_;
    const Between& span_;
    Report& report_;
    std::unordered_map<std::uint32_t, std::uint32_t> subscribers_;  // by channel
    std::unordered_map<std::uint32_t, std::int64_t> gone_;          // by publisher
    Range accepted_;
    Range copies_;
    Range refused_;
    Range recovered_;
    Range unrecovered_;
    std::uint64_t missing_ = 0;
    std::uint64_t closed_slow_ = 0;
    bool cut_ = false;
};

}  // namespace

void check_counts(const History& history, const Publications& publications, const std::vector<Story>& stories,
                  Report& report) {
    for (const Between& each : spans_of(history)) {
        ++report.compared;
        Ledger(history, publications, stories, each, report).check();
    }
}

}  // namespace fairlead::audit
