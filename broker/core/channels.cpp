// SPDX-License-Identifier: Apache-2.0
#include "core/channels.h"

#include <algorithm>
#include <numeric>

namespace fairlead::core {

Row Channels::find(std::string_view name) const {
    return by_name_.find(hash_(name), [&](Row row) { return channels_[row].name == name; });
}

Row Channels::add(std::string_view name, EdgeIndex edge) {
    Row row = find(name);
    if (row == kNoRow) {
        row = channels_.take();
        channels_[row].name = name;
        counts_.resize(std::max(counts_.size(), (row + std::size_t{1}) * edges_));
        by_name_.insert(hash_(name), row);
    }
    ++counts(row)[edge];
    return row;
}

void Channels::remove(Row row, EdgeIndex edge) {
    if (--counts(row)[edge] > 0) return;
    const std::span<const std::uint32_t> left = subscribers(row);
    if (std::any_of(left.begin(), left.end(), [](std::uint32_t count) { return count > 0; })) return;
    by_name_.erase(hash_(channels_[row].name), row);
    channels_.give(row);
    if (channels_.size() == 0) {
        channels_.clear();
        std::vector<std::uint32_t>().swap(counts_);
    }
}

bool Channels::has_one(Row row) const {
    const std::span<const std::uint32_t> all = subscribers(row);
    return std::accumulate(all.begin(), all.end(), std::uint64_t{0}) == 1;
}

std::span<const std::uint32_t> Channels::subscribers(Row row) const {
    return {counts_.data() + row * edges_, edges_};
}

}  // namespace fairlead::core
