// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/row.h"

namespace fairlead::core {

/// Finds rows of a table by a hash of their key. It keeps no keys: the table says whether a row is the one
/// meant. Costs 8 bytes a place and is at most three quarters full; nothing is allocated while the size stays
/// in its bounds.
///
/// Threads: one.
class Index {
public:
    /// The row with this hash for which same(row) holds; kNoRow if there is none.
    template <typename Same>
    Row find(std::uint64_t hash, Same&& same) const {
        if (places_.empty()) return kNoRow;
        for (std::size_t at = home(hash);; at = next(at)) {
            const Place& place = places_[at];
            if (place.row == kNoRow) return kNoRow;
            if (place.hash == static_cast<std::uint32_t>(hash) && same(place.row)) return place.row;
        }
    }

    /// The row must not be there yet.
    void insert(std::uint64_t hash, Row row);
    /// The row must be there, under this hash.
    void erase(std::uint64_t hash, Row row);

    std::size_t size() const noexcept { return size_; }

private:
    struct Place {
        std::uint32_t hash = 0;
        Row row = kNoRow;
    };

    std::size_t home(std::uint64_t hash) const noexcept {
        return static_cast<std::uint32_t>(hash) & (places_.size() - 1);
    }
    std::size_t next(std::size_t at) const noexcept { return (at + 1) & (places_.size() - 1); }
    void put(Place place) noexcept;
    void resize(std::size_t places);

    std::vector<Place> places_;  // a power of two, or none
    std::size_t size_ = 0;
};

}  // namespace fairlead::core
