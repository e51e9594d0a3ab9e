// SPDX-License-Identifier: Apache-2.0
#include "core/index.h"

#include <utility>

namespace fairlead::core {
namespace {

constexpr std::size_t kFirstPlaces = 16;
/// Below this a shrunken index is not worth the work.
constexpr std::size_t kShrinkAbove = 1024;

}  // namespace

void Index::insert(std::uint64_t hash, Row row) {
    if ((size_ + 1) * 4 > places_.size() * 3) resize(places_.empty() ? kFirstPlaces : places_.size() * 2);
    put({static_cast<std::uint32_t>(hash), row});
    ++size_;
}

void Index::erase(std::uint64_t hash, Row row) {
    std::size_t hole = home(hash);
    while (places_[hole].row != row)
        hole = next(hole);
    // What stands behind the hole moves up unless that would put it before its home.
    const std::size_t mask = places_.size() - 1;
    for (std::size_t at = next(hole); places_[at].row != kNoRow; at = next(at)) {
        if (((at - home(places_[at].hash)) & mask) >= ((at - hole) & mask)) {
            places_[hole] = places_[at];
            hole = at;
        }
    }
    places_[hole] = Place{};
    --size_;
    if (places_.size() > kShrinkAbove && size_ * 8 < places_.size()) resize(places_.size() / 2);
}

void Index::put(Place place) noexcept {
    std::size_t at = home(place.hash);
    while (places_[at].row != kNoRow)
        at = next(at);
    places_[at] = place;
}

void Index::resize(std::size_t places) {
    std::vector<Place> old(places);
    old.swap(places_);
    for (const Place& place : old) {
        if (place.row != kNoRow) put(place);
    }
}

}  // namespace fairlead::core
