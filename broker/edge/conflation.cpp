// SPDX-License-Identifier: Apache-2.0
#include "edge/conflation.h"

#include <algorithm>
#include <utility>

namespace fairlead::edge {
namespace {

constexpr std::size_t kFewest = 16;

bool same(const FramePtr& entry, const Content& content) {
    if (!entry || !entry->conflates()) return false;
    const Content other = entry->content();
    return other.channel == content.channel && other.key == content.key;
}

// Keys are hashed under a secret already; channels are counted.
std::uint64_t hash_of(const Content& content) {
    std::uint64_t mixed = (content.key ^ content.channel) * 0x9e3779b97f4a7c15U;
    return mixed ^ mixed >> 32;
}

}  // namespace

std::uint32_t Conflation::find(const Entries& entries, std::uint32_t first, const Frame& frame) {
    enter(entries, first);
    if (slots_.empty()) return kNone;
    const std::uint32_t found = *slot_of(entries, frame);
    return found == 0 || found - 1 < first ? kNone : found - 1;
}

// Where its like is, else the free slot where it would be. Slots of entries that have left stay until the
// next growth.
std::uint32_t* Conflation::slot_of(const Entries& entries, const Frame& frame) {
    const Content content = frame.content();
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash_of(content) & mask;
    while (slots_[at] != 0 && !same(entries[slots_[at] - 1], content))
        at = (at + 1) & mask;
    return &slots_[at];
}

void Conflation::enter(const Entries& entries, std::uint32_t first) {
    const auto end = static_cast<std::uint32_t>(entries.size());
    for (std::uint32_t i = std::max(seen_, first); i < end; ++i) {
        if (!entries[i] || !entries[i]->conflates()) continue;
        if ((used_ + 1) * 4 > slots_.size() * 3) grow(entries, first);
        std::uint32_t* slot = slot_of(entries, *entries[i]);
        if (*slot == 0) ++used_;
        *slot = i + 1;
    }
    seen_ = end;
}

// Half full at the most afterwards, so that the next growth is as many entries away as there are.
void Conflation::grow(const Entries& entries, std::uint32_t first) {
    const std::vector<std::uint32_t> old = std::move(slots_);
    used_ = 0;
    const auto stays = [&](std::uint32_t slot) { return slot > first && entries[slot - 1]; };
    const auto left = static_cast<std::size_t>(std::count_if(old.begin(), old.end(), stays));
    std::size_t size = kFewest;
    while (size < (left + 1) * 2)
        size *= 2;
    slots_.assign(size, 0);
    for (const std::uint32_t slot : old) {
        if (!stays(slot)) continue;
        *slot_of(entries, *entries[slot - 1]) = slot;
        ++used_;
    }
}

}  // namespace fairlead::edge
