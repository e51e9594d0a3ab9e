// SPDX-License-Identifier: Apache-2.0
#include "engine/history_memory.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

namespace fairlead::engine {
namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::size_t kStreamCost = 320;       // a stream without publications, beside its name
constexpr std::size_t kPublicationCost = 240;  // one, beside what it says

core::Hash secret_hash(core::Random& random) {
    std::array<std::uint64_t, 2> key{};
    random.fill(std::as_writable_bytes(std::span(key)));
    return {key[0], key[1]};
}

std::size_t cost_of(const core::Publication& publication) {
    std::size_t cost = kPublicationCost + publication.channel.size() + publication.data.bytes.size() + publication.key.size();
    for (const auto& [name, value] : publication.tags)
        cost += name.size() + value.size();
    return cost;
}

}  // namespace

HistoryMemory::HistoryMemory(const Options& options, base::Clock& clock, core::Random& random)
    : options_(options),
      clock_(clock),
      random_(random),
      hash_(secret_hash(random)),
      timers_(clock.now(), kTick) {}

core::Appended HistoryMemory::append(core::Publication&& publication, const core::Retention& retention) {
    const core::Row row = take(publication.channel);
    Stream& stream = streams_[row];
    const bool was_empty = stream.empty();
    publication.offset = ++stream.top.offset;
    auto kept = std::make_shared<const core::Publication>(std::move(publication));
    bytes_ += cost_of(*kept);
    stream.kept.push_back({kept, clock_.now() + retention.age});
    while (stream.size() > retention.size)
        drop_oldest(stream);
    settle(row, was_empty);
    use(row);
    core::Appended appended{std::move(kept), stream.top.epoch};
    keep_in_budget(row);
    return appended;
}

core::Stored HistoryMemory::read(std::string_view channel, const core::Range& range) {
    const core::Row row = take(channel);
    Stream& stream = streams_[row];
    const bool was_empty = stream.empty();
    expire(stream);
    settle(row, was_empty);
    use(row);
    core::Stored stored{stream.top, {}};
    const auto first = stream.kept.begin() + static_cast<std::ptrdiff_t>(stream.first);
    const auto after = [](std::uint64_t offset, const Kept& kept) {
        return offset < kept.publication->offset;
    };
    if (!range.reverse) {
        auto at = range.since ? std::upper_bound(first, stream.kept.end(), *range.since, after) : first;
        for (; at != stream.kept.end() && stored.publications.size() < range.limit; ++at)
            stored.publications.push_back(at->publication);
    } else {
        auto end = stream.kept.end();
        if (range.since)
            end = *range.since == 0 ? first : std::upper_bound(first, end, *range.since - 1, after);
        while (end != first && stored.publications.size() < range.limit)
            stored.publications.push_back((--end)->publication);
    }
    keep_in_budget(row);
    return stored;
}

void HistoryMemory::tick() {
    timers_.advance(clock_.now(), [this](core::Row row) {
        Stream& stream = streams_[row];
        stream.timer = 0;
        if (stream.empty()) {
            if (clock_.now() >= stream.used + options_.metadata_age) return forget(row);
            return arm(row);
        }
        expire(stream);
        settle(row, false);
        arm(row);
    });
}

core::Row HistoryMemory::find(std::string_view channel) const {
    return by_name_.find(hash_(channel), [&](core::Row row) { return streams_[row].channel == channel; });
}

core::Row HistoryMemory::take(std::string_view channel) {
    core::Row row = find(channel);
    if (row != core::kNoRow) return row;
    row = streams_.take();
    Stream& stream = streams_[row];
    stream.channel = channel;
    stream.top.epoch = make_epoch();
    stream.used = clock_.now();
    stream.place = empty_.insert(empty_.end(), row);
    by_name_.insert(hash_(channel), row);
    bytes_ += kStreamCost + channel.size();
    arm(row);
    return row;
}

void HistoryMemory::use(core::Row row) {
    Stream& stream = streams_[row];
    stream.used = clock_.now();
    Recency& list = stream.empty() ? empty_ : filled_;
    list.splice(list.end(), list, stream.place);
}

// One timer a stream: for its oldest publication, or for the end of its place.
void HistoryMemory::arm(core::Row row) {
    Stream& stream = streams_[row];
    timers_.cancel(stream.timer);
    const base::Steady when =
        stream.empty() ? stream.used + options_.metadata_age : stream.kept[stream.first].until;
    stream.timer = timers_.add(when, row);
}

void HistoryMemory::drop_oldest(Stream& stream) {
    Kept& oldest = stream.kept[stream.first++];
    bytes_ -= cost_of(*oldest.publication);
    oldest.publication.reset();
    if (stream.empty()) {
        std::vector<Kept>().swap(stream.kept);
        stream.first = 0;
    } else if (stream.first >= 32 && stream.first * 2 >= stream.kept.size()) {
        stream.kept.erase(stream.kept.begin(),
                          stream.kept.begin() + static_cast<std::ptrdiff_t>(stream.first));
        stream.first = 0;
    }
}

void HistoryMemory::expire(Stream& stream) {
    const base::Steady now = clock_.now();
    while (!stream.empty() && stream.kept[stream.first].until <= now)
        drop_oldest(stream);
}

// The stream stands in the list of its kind, and its timer is for what comes next.
void HistoryMemory::settle(core::Row row, bool was_empty) {
    Stream& stream = streams_[row];
    const bool is_empty = stream.empty();
    if (was_empty == is_empty) return;
    Recency& from = was_empty ? empty_ : filled_;
    Recency& to = is_empty ? empty_ : filled_;
    to.splice(to.end(), from, stream.place);
    arm(row);
}

void HistoryMemory::forget(core::Row row) {
    Stream& stream = streams_[row];
    timers_.cancel(stream.timer);
    by_name_.erase(hash_(stream.channel), row);
    bytes_ -= kStreamCost + stream.channel.size();
    empty_.erase(stream.place);
    streams_.give(row);
    if (streams_.size() == 0) streams_.clear();
}

void HistoryMemory::keep_in_budget(core::Row newest) {
    while (bytes_ > options_.memory && !filled_.empty()) {
        const core::Row row = filled_.front();
        drop_oldest(streams_[row]);
        settle(row, false);
    }
    while (bytes_ > options_.memory && !empty_.empty() && empty_.front() != newest)
        forget(empty_.front());
}

std::string HistoryMemory::make_epoch() {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<std::byte, 6> bytes{};
    random_.fill(bytes);
    std::string epoch;
    for (const std::byte byte : bytes) {
        epoch += kDigits[std::to_integer<std::size_t>(byte >> 4)];
        epoch += kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
    return epoch;
}

}  // namespace fairlead::engine
