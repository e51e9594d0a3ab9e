// SPDX-License-Identifier: Apache-2.0
#include "engine/memo.h"

#include <utility>

namespace fairlead::engine {
namespace {

constexpr std::size_t kEntryCost = 200;  // of an entry and its place in list and map, beside its key

// No channel has a zero byte.
std::string joined(std::string_view channel, std::string_view key) {
    std::string both(channel);
    both += '\0';
    both += key;
    return both;
}

}  // namespace

const core::Position* Memo::find(std::string_view channel, std::string_view key, base::Steady now) const {
    const auto found = by_key_.find(joined(channel, key));
    if (found == by_key_.end() || found->second->until <= now) return nullptr;
    return &found->second->place;
}

void Memo::put(std::string_view channel, std::string_view key, core::Position place, base::Steady now) {
    std::string both = joined(channel, key);
    if (const auto found = by_key_.find(both); found != by_key_.end()) forget(found->second);
    bytes_ += kEntryCost + both.size();
    const auto entry = entries_.insert(entries_.end(), {std::move(both), std::move(place), now + age_});
    by_key_.emplace(entry->key, entry);
    while (bytes_ > max_bytes_)
        forget(entries_.begin());
}

void Memo::tick(base::Steady now) {
    while (!entries_.empty() && entries_.front().until <= now)
        forget(entries_.begin());
}

void Memo::forget(Entries::iterator entry) {
    bytes_ -= kEntryCost + entry->key.size();
    by_key_.erase(entry->key);
    entries_.erase(entry);
}

}  // namespace fairlead::engine
