// SPDX-License-Identifier: Apache-2.0
#include "core/channels.h"

#include <algorithm>

namespace fairlead::core {

Row Channels::find(std::string_view name) const {
    return by_name_.find(hash_(name), [&](Row row) { return names_[row] == name; });
}

Row Channels::add(std::string_view name, EdgeIndex edge) {
    Row row = find(name);
    if (row == kNoRow) {
        row = names_.take();
        names_[row] = name;
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
    by_name_.erase(hash_(names_[row]), row);
    names_.give(row);
    if (names_.size() == 0) {
        names_.clear();
        std::vector<std::uint32_t>().swap(counts_);
    }
}

std::span<const std::uint32_t> Channels::subscribers(Row row) const {
    return {counts_.data() + row * edges_, edges_};
}

}  // namespace fairlead::core
