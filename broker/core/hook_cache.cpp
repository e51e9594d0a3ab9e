// SPDX-License-Identifier: Apache-2.0
#include "core/hook_cache.h"

#include <utility>

namespace fairlead::core {
namespace {

constexpr std::size_t kEntryBytes = 160;  // list and map nodes, about

}  // namespace

const std::string* HookCache::find(std::string_view key, base::Steady now) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    if (found->second->until <= now) {
        erase(found->second);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->answer;
}

void HookCache::put(std::string key, std::string answer, std::string_view user, base::Steady until) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) erase(found->second);
    entries_.push_front(Entry{std::move(key), std::move(answer), std::string(user), until});
    bytes_ += cost(entries_.front());
    by_key_.emplace(entries_.front().key, entries_.begin());
    while (bytes_ > max_bytes_)
        erase(std::prev(entries_.end()));
}

void HookCache::forget(std::string_view user) {
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const auto here = entry++;
        if (here->user == user) erase(here);
    }
}

void HookCache::clear() {
    by_key_.clear();
    entries_.clear();
    bytes_ = 0;
}

std::size_t HookCache::cost(const Entry& entry) noexcept {
    return kEntryBytes + entry.key.size() + entry.answer.size() + entry.user.size();
}

void HookCache::erase(Entries::iterator entry) {
    bytes_ -= cost(*entry);
    by_key_.erase(entry->key);
    entries_.erase(entry);
}

}  // namespace fairlead::core
