// SPDX-License-Identifier: Apache-2.0
#include "audit/stories.h"

#include <map>
#include <unordered_map>

namespace fairlead::audit {
namespace {

// The stories of one subscriber while its records are read.
class Teller {
public:
    Teller(const History& history, const Publications& publications, Report& report)
        : history_(history), publications_(publications), report_(report) {}

    void take(std::uint32_t index);
    void move_to(std::vector<Story>& stories);

private:
    struct Open {
        Story story;
        std::uint32_t asked = kNoRecord;
        bool subscribed = false;
        std::size_t thawed = 0;  // windows of `frozen` before that one have their end
    };

    const Record& record(std::uint32_t index) const { return history_.records[index]; }
    Open& open_of(const Record& record);
    void ask(Open& open, std::uint32_t index);
    void begin(Open& open, std::uint32_t index);
    void deliver(Open& open, std::uint32_t index);
    void end(Open& open, std::uint32_t index);
    void lose(std::uint32_t index);
    void close_windows(Open& open, const Record& delivery);

    const History& history_;
    const Publications& publications_;
    Report& report_;
    std::map<std::uint32_t, Open> open_;
    std::vector<std::pair<std::int64_t, std::int64_t>> frozen_;  // begin and thaw
};

Teller::Open& Teller::open_of(const Record& record) {
    Open& open = open_[record.channel];
    open.story.subscriber = record.actor;
    open.story.channel = record.channel;
    return open;
}

void Teller::take(std::uint32_t index) {
    const Record& record = history_.records[index];
    switch (record.kind) {
        case Kind::subscribing:
            return ask(open_of(record), index);
        case Kind::subscribed:
            return begin(open_of(record), index);
        case Kind::refused:
            open_of(record).asked = kNoRecord;
            return;
        case Kind::delivery:
            return deliver(open_of(record), index);
        case Kind::notice:
        case Kind::leaving:
        case Kind::done:
            return end(open_of(record), index);
        case Kind::lost:
            return lose(index);
        case Kind::frozen:
            frozen_.emplace_back(record.stamp, kNever);
            return;
        case Kind::thawed:
            if (!frozen_.empty()) frozen_.back().second = record.stamp;
            return;
        default:
            return;
    }
}

void Teller::ask(Open& open, std::uint32_t index) {
    if (open.subscribed)
        report_.add(Rule::record, "asks for what it has: " + history_.describe(record(index)));
    open.asked = index;
}

void Teller::begin(Open& open, std::uint32_t index) {
    if (open.subscribed || open.asked == kNoRecord || record(open.asked).session != record(index).session)
        report_.add(Rule::record, "a reply that nobody asked for: " + history_.describe(record(index)));
    const std::size_t at = open.story.deliveries.size();
    open.story.spans.push_back({open.asked, index, kNoRecord, at, at});
    open.subscribed = true;
    open.asked = kNoRecord;
}

void Teller::deliver(Open& open, std::uint32_t index) {
    const Record& delivery = record(index);
    if (!open.subscribed || record(open.story.spans.back().begun).session != delivery.session)
        return report_.add(Rule::outside, "not subscribed: " + history_.describe(delivery));
    open.story.deliveries.push_back(index);
    open.story.spans.back().last = open.story.deliveries.size();
    close_windows(open, delivery);
}

// What waited for a reader that did not read is older than its thaw.
void Teller::close_windows(Open& open, const Record& delivery) {
    auto& windows = open.story.frozen;
    for (; windows.size() < frozen_.size();)
        windows.emplace_back(frozen_[windows.size()].first, kNever);
    if (open.thawed == windows.size()) return;
    const Publication* publication = publications_.find(delivery.channel, delivery.publisher, delivery.seq);
    if (publication == nullptr) return;
    for (; open.thawed < windows.size() && frozen_[open.thawed].second < publication->invoked; ++open.thawed)
        windows[open.thawed].second = delivery.stamp;
}

void Teller::end(Open& open, std::uint32_t index) {
    open.asked = kNoRecord;
    if (!open.subscribed) return;
    open.story.spans.back().ended = index;
    open.subscribed = false;
}

void Teller::lose(std::uint32_t index) {
    for (auto& [channel, open] : open_)
        end(open, index);
}

void Teller::move_to(std::vector<Story>& stories) {
    for (auto& [channel, open] : open_) {
        for (auto& windows = open.story.frozen; windows.size() < frozen_.size();)
            windows.emplace_back(frozen_[windows.size()].first, kNever);
        stories.push_back(std::move(open.story));
    }
}

}  // namespace

std::vector<Story> stories_of(const History& history, const Publications& publications, Report& report) {
    std::map<std::uint32_t, Teller> tellers;
    for (std::uint32_t i = 0; i < history.records.size(); ++i) {
        const Kind kind = history.records[i].kind;
        if (kind < Kind::subscribing) continue;
        tellers.try_emplace(history.records[i].actor, history, publications, report).first->second.take(i);
    }
    std::vector<Story> stories;
    for (auto& [subscriber, teller] : tellers)
        teller.move_to(stories);
    return stories;
}

}  // namespace fairlead::audit
