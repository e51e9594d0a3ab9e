// SPDX-License-Identifier: Apache-2.0
#include "audit/losses.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace fairlead::audit {
namespace {

// Where a subscriber is in a stream.
struct Place {
    std::uint32_t epoch = 0;  // 0: nowhere yet
    std::uint64_t offset = 0;
};

// What all judges of a story need.
class Judge {
protected:
    Judge(const History& history, const Publications& publications, const Story& story, Report& report)
        : history_(history), publications_(publications), story_(story), report_(report) {}

    const Record& record(std::uint32_t index) const { return history_.records[index]; }
    std::string at(std::uint32_t index) const { return history_.describe(record(index)); }
    std::string who() const {
        return "subscriber " + std::to_string(story_.subscriber) + " in " +
               history_.channels.name_of(story_.channel) + ": ";
    }
    void tell(Reason reason, std::uint64_t count) { report_.told[static_cast<std::size_t>(reason)] += count; }
    void lose(std::uint64_t count, const std::string& text) {
        report_.unexplained += count;
        report_.add(Rule::loss, who() + text);
    }
    bool ended_with(const Span& span, Kind kind) const {
        return span.ended != kNoRecord && record(span.ended).kind == kind;
    }

    const History& history_;
    const Publications& publications_;
    const Story& story_;
    Report& report_;
};

class StreamJudge : Judge {
public:
    using Judge::Judge;
    StreamJudge(const History& history, const Publications& publications, const Story& story, Report& report)
        : Judge(history, publications, story, report) {}

    void run() {
        for (const Span& span : story_.spans) {
            begin(span);
            for (const std::uint32_t each : story_.of(span))
                deliver(each);
            if (ended_with(span, Kind::done)) finish(span);
        }
    }

private:
    void begin(const Span& span);
    void check_place(const Record& asked, std::uint32_t index);
    void recover(const Span& span, const Record& reply);
    void skip(Reason reason, const Place& to, std::uint32_t by);
    void deliver(std::uint32_t index);
    void hole(std::uint64_t until, std::uint32_t seen);
    void finish(const Span& span);
    std::uint64_t passed_over(const Place& to, std::int64_t stamp) const;
    // Of the epochs of this channel: the number of those that began before. Of a known one that is its index.
    std::size_t rank_of(std::uint32_t epoch, std::int64_t stamp) const;
    const std::vector<Epoch>& epochs() const { return publications_.epochs_of(story_.channel); }
    const Epoch* find(std::uint32_t epoch) const;

    Place held_;
};

const Epoch* StreamJudge::find(std::uint32_t epoch) const {
    const auto found = std::find_if(epochs().begin(), epochs().end(),
                                    [&](const Epoch& each) { return each.number == epoch; });
    return found == epochs().end() ? nullptr : &*found;
}

std::size_t StreamJudge::rank_of(std::uint32_t epoch, std::int64_t stamp) const {
    const Epoch* known = find(epoch);
    if (known != nullptr) return static_cast<std::size_t>(known - epochs().data());
    return static_cast<std::size_t>(std::count_if(epochs().begin(), epochs().end(),
                                                  [&](const Epoch& each) { return each.begun < stamp; }));
}

void StreamJudge::begin(const Span& span) {
    const Record& reply = record(span.begun);
    const bool asked = span.asked != kNoRecord && record(span.asked).flags & kRecover;
    if (asked) check_place(record(span.asked), span.asked);
    if (asked && reply.flags & kRecovered) return recover(span, reply);
    const Place to{reply.epoch, reply.offset};
    if (held_.epoch != 0 && asked && !(reply.flags & kWasRecovering)) {
        const std::uint64_t lost = passed_over(to, reply.stamp);
        if (lost > 0) lose(lost, "asked for what it missed and was not told: " + at(span.begun));
    } else if (held_.epoch != 0) {
        skip(!asked                    ? Reason::afresh
             : held_.epoch != to.epoch ? Reason::new_epoch
                                       : Reason::not_kept,
             to, span.begun);
    }
    held_ = to;
}

// A subscriber remembers what it got; otherwise its record has a hole.
void StreamJudge::check_place(const Record& asked, std::uint32_t index) {
    if (asked.epoch != held_.epoch || asked.offset != held_.offset)
        report_.add(Rule::record, who() + "asks from where it was not: " + at(index));
}

void StreamJudge::recover(const Span& span, const Record& reply) {
    if (publications_.rules_of(story_.channel) & kCache) {
        // The newest one stands in the reply, unless the subscriber has it.
        const bool newer = reply.epoch != held_.epoch || reply.offset > held_.offset;
        const Place to{reply.epoch, newer && reply.offset > 0 ? reply.offset - 1 : reply.offset};
        skip(Reason::cache, to, span.begun);
        held_ = to;
    } else if (reply.epoch != held_.epoch) {
        lose(1, "recovered into another epoch: " + at(span.begun));
        held_ = {reply.epoch, reply.offset};
    }
}

std::uint64_t StreamJudge::passed_over(const Place& to, std::int64_t stamp) const {
    const Epoch* from = find(held_.epoch);
    if (to.epoch == held_.epoch) return from == nullptr ? 0 : from->count(held_.offset, to.offset);
    std::uint64_t count = from == nullptr ? 0 : from->count(held_.offset, ~std::uint64_t{0});
    const Epoch* into = find(to.epoch);
    if (into != nullptr) count += into->count(0, to.offset);
    const std::size_t end = std::min(rank_of(to.epoch, stamp), epochs().size());
    for (std::size_t i = from == nullptr ? 0 : rank_of(held_.epoch, 0) + 1; from != nullptr && i < end; ++i)
        count += epochs()[i].publications.size();
    return count;
}

void StreamJudge::skip(Reason reason, const Place& to, std::uint32_t by) {
    if (to.epoch == held_.epoch && to.offset < held_.offset)
        report_.add(Rule::order, who() + "the stream went back: " + at(by));
    tell(reason, passed_over(to, record(by).stamp));
}

void StreamJudge::deliver(std::uint32_t index) {
    const Record& seen = record(index);
    if (seen.epoch != held_.epoch) {
        lose(1, "an epoch that it was not told of: " + at(index));
    } else if (seen.offset > held_.offset + 1) {
        hole(seen.offset - 1, index);
    }
    if (seen.epoch != held_.epoch || seen.offset > held_.offset) {
        // One that nobody acknowledged, or that is counted as a double elsewhere, makes no pair.
        const Epoch* epoch = find(seen.epoch);
        if (epoch != nullptr) report_.delivered += epoch->count(seen.offset - 1, seen.offset);
        held_ = {seen.epoch, seen.offset};
    }
}

void StreamJudge::hole(std::uint64_t until, std::uint32_t seen) {
    const Epoch* epoch = find(held_.epoch);
    const Publication* first = epoch == nullptr ? nullptr : epoch->first_after(held_.offset);
    std::string text = "offsets " + std::to_string(held_.offset + 1) + " to " + std::to_string(until) +
                       " are missing before " + at(seen);
    if (first != nullptr && first->offset <= until) text += "; the first is " + at(first->outcome_record);
    lose(until - held_.offset, text);
}

void StreamJudge::finish(const Span& span) {
    const Epoch* epoch = find(held_.epoch);
    const Publication* missed = epoch == nullptr ? nullptr : epoch->first_after(held_.offset);
    if (missed != nullptr) {
        lose(epoch->count(held_.offset, ~std::uint64_t{0}), "does not have all of the stream at " +
                                                                at(span.ended) + "; the first is " +
                                                                at(missed->outcome_record));
    }
    for (std::size_t i = rank_of(held_.epoch, record(span.begun).stamp) + (epoch != nullptr ? 1 : 0);
         i < epochs().size(); ++i) {
        lose(epochs()[i].publications.size(),
             "has nothing of a newer epoch: " + at(epochs()[i].publications.front()->outcome_record));
    }
}

// Without history.
class LiveJudge : Judge {
public:
    LiveJudge(const History& history, const Publications& publications, const Story& story, Report& report)
        : Judge(history, publications, story, report) {}

    void run() {
        for (const Flow& flow : publications_.flows_of(story_.channel))
            next_.push_back({flow, 0});
        for (const Span& span : story_.spans)
            judge(span);
    }

private:
    struct Next {
        Flow flow;
        std::size_t at = 0;  // what stands before it in the flow is judged
    };
    struct Seen {
        std::uint32_t first = ~0U;
        std::uint32_t last = 0;
    };

    void judge(const Span& span);
    void judge(const Span& span, Next& next);
    bool was_slow(const Publication& publication) const;
    Reason why(const Span& span) const;

    std::vector<Next> next_;
    const Span* before_ = nullptr;
    // Of the span under judgement.
    std::unordered_map<std::uint32_t, Seen> seen_;
    std::unordered_set<const Publication*> got_;
    std::int64_t surely_until_ = 0;
};

void LiveJudge::judge(const Span& span) {
    seen_.clear();
    got_.clear();
    surely_until_ = ended_with(span, Kind::done) ? kNever : 0;
    for (const std::uint32_t each : story_.of(span)) {
        const Record& delivery = record(each);
        Seen& seen = seen_[delivery.publisher];
        seen.first = std::min(seen.first, delivery.seq);
        seen.last = std::max(seen.last, delivery.seq);
        const Publication* got = publications_.find(delivery.channel, delivery.publisher, delivery.seq);
        if (got == nullptr) continue;
        got_.insert(got);
        surely_until_ = std::max(surely_until_, got->invoked);
    }
    for (Next& next : next_)
        judge(span, next);
    before_ = &span;
}

// Acknowledged before the last that it got was begun: core had handed it out before.
void LiveJudge::judge(const Span& span, Next& next) {
    const std::int64_t begun = record(span.begun).stamp;
    const auto found = seen_.find(next.flow.front().publisher);
    const Seen seen = found == seen_.end() ? Seen() : found->second;
    std::size_t end = next.at;
    for (std::size_t i = next.at; i < next.flow.size(); ++i) {
        const Publication& each = next.flow[i];
        const bool until_end = surely_until_ == kNever;
        if (each.invoked > surely_until_ && each.seq > seen.last && !until_end) break;
        if (each.seq <= seen.last || (each.ok() && (until_end || each.ended < surely_until_))) end = i + 1;
    }
    for (; next.at < end; ++next.at) {
        const Publication& each = next.flow[next.at];
        if (!each.ok()) continue;
        const bool covered = each.invoked > begun || each.seq >= seen.first;
        if (got_.contains(&each)) {
            ++report_.delivered;
        } else if (!covered) {
            if (before_ != nullptr) tell(why(*before_), 1);
        } else if (was_slow(each)) {
            tell(Reason::dropped_slow, 1);
        } else {
            lose(1, "missing while subscribed by " + at(span.begun) + ": " + at(each.outcome_record));
        }
    }
}

bool LiveJudge::was_slow(const Publication& publication) const {
    if (!(publications_.rules_of(story_.channel) & kDrops)) return false;
    return std::any_of(story_.frozen.begin(), story_.frozen.end(), [&](const auto& window) {
        return publication.invoked <= window.second && publication.ended >= window.first;
    });
}

Reason LiveJudge::why(const Span& span) const {
    constexpr std::uint32_t kSlow = 3008;
    if (!ended_with(span, Kind::lost)) return Reason::ended;
    return record(span.ended).code == kSlow ? Reason::closed_slow : Reason::cut;
}

}  // namespace

void check_losses(const History& history, const Publications& publications, const std::vector<Story>& stories,
                  Report& report) {
    for (const Story& story : stories) {
        if (publications.rules_of(story.channel) & kHistory) {
            StreamJudge(history, publications, story, report).run();
        } else {
            LiveJudge(history, publications, story, report).run();
        }
    }
}

}  // namespace fairlead::audit
