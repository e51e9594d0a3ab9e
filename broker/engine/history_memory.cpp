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
constexpr std::size_t kReceiptBytes = 16 * 1024 * 1024;
constexpr std::chrono::seconds kReceiptAge{300};
constexpr std::size_t kVersionBytes = 16 * 1024 * 1024;
constexpr std::size_t kEpochDigits = 10;  // with what is added a string that needs no memory of its own
constexpr std::size_t kPublicationCost = 240;  // one, beside what it says

core::Hash secret_hash(core::Random& random) {
    std::array<std::uint64_t, 2> key{};
    random.fill(std::as_writable_bytes(std::span(key)));
    return {key[0], key[1]};
}

// The number's last `count` digits to the base of 36; 0 = as many as it has.
std::string digits(std::uint64_t number, std::size_t count) {
    constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::string text;
    while (count > 0 ? text.size() < count : text.empty() || number > 0) {
        text.insert(text.begin(), kDigits[number % kDigits.size()]);
        number /= kDigits.size();
    }
    return text;
}

std::size_t cost_of(const core::Publication& publication) {
    std::size_t cost = kPublicationCost + publication.channel.size() + publication.data.bytes.size() + publication.key.size();
    for (const auto& [name, value] : publication.tags)
        cost += name.size() + value.size();
    // Others may share it, but need not for long.
    if (const core::ClientInfo* info = publication.info.get())
        cost += sizeof *info + info->user.size() + info->client.size() + info->conn_info.size() + info->chan_info.size();
    return cost;
}

}  // namespace

HistoryMemory::HistoryMemory(const Options& options, base::Clock& clock, core::Random& random)
    : options_(options),
      clock_(clock),
      hash_(secret_hash(random)),
      timers_(clock.now(), kTick),
      receipts_(kReceiptBytes, kReceiptAge, hash_),
      versions_(kVersionBytes, options.metadata_age, hash_),
      epoch_(digits(secret_hash(random)({}), kEpochDigits)) {}

core::Appended HistoryMemory::append(core::Publication&& publication, const core::Retention& retention,
                                     const core::Once& once) {
    if (const core::Position* first = published_before(publication, once)) return {nullptr, *first};
    if (outdated(publication, once)) return {nullptr, top_of(publication.channel)};
    core::Appended appended = retention.size > 0
                                  ? keep(std::move(publication), retention)
                                  : core::Appended{std::make_shared<const core::Publication>(std::move(publication)), {}};
    const core::Publication& kept = *appended.publication;
    const base::Steady now = clock_.now();
    if (!once.idempotency.empty()) receipts_.put(kept.channel, once.idempotency, appended.place, now);
    if (once.version > 0) versions_.put(kept.channel, kept.key, {once.version, {}}, now);
    return appended;
}

const core::Position* HistoryMemory::published_before(const core::Publication& publication,
                                                      const core::Once& once) const {
    if (once.idempotency.empty()) return nullptr;
    return receipts_.find(publication.channel, once.idempotency, clock_.now());
}

bool HistoryMemory::outdated(const core::Publication& publication, const core::Once& once) const {
    if (once.version == 0) return false;
    const core::Position* newest = versions_.find(publication.channel, publication.key, clock_.now());
    return newest != nullptr && newest->offset >= once.version;
}

core::Appended HistoryMemory::keep(core::Publication&& publication, const core::Retention& retention) {
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
    core::Appended appended{std::move(kept), stream.top};
    keep_in_budget(row);
    return appended;
}

core::Stored HistoryMemory::read(std::string_view channel, const core::Range& range) {
    const core::Row row = find(channel);
    if (row == core::kNoRow) return {{0, epoch_of(channel)}, {}};
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

void HistoryMemory::forget_others(const std::function<bool(std::string_view)>& keeps) {
    for (core::Row row = 0; row < streams_.rows(); ++row) {
        Stream& stream = streams_[row];
        if (stream.channel.empty() || keeps(stream.channel)) continue;
        const bool was_empty = stream.empty();
        while (!stream.empty())
            drop_oldest(stream);
        settle(row, was_empty);
        forget(row);
    }
}

core::Position HistoryMemory::top_of(std::string_view channel) const {
    const core::Row row = find(channel);
    return row == core::kNoRow ? core::Position{} : streams_[row].top;
}

void HistoryMemory::tick() {
    receipts_.tick(clock_.now());
    versions_.tick(clock_.now());
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
    stream.top.epoch = epoch_of(channel);
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
    next_epoch(stream.channel);
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

std::string HistoryMemory::epoch_of(std::string_view channel) const {
    const std::uint32_t forgotten = forgotten_[hash_(channel) % forgotten_.size()];
    return forgotten == 0 ? epoch_ : epoch_ + digits(forgotten, 0);
}

void HistoryMemory::next_epoch(std::string_view channel) {
    ++forgotten_[hash_(channel) % forgotten_.size()];
}

}  // namespace fairlead::engine
