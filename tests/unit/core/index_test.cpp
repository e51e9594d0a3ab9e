// SPDX-License-Identifier: Apache-2.0
#include "core/index.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

namespace fairlead::core {
namespace {

/// A table whose row is its key, under a hash that maps many keys to few homes.
std::uint64_t crowded(Row row) {
    return row % 37;
}

Row find(const Index& index, Row row) {
    return index.find(crowded(row), [&](Row candidate) { return candidate == row; });
}

TEST_CASE("an empty index finds nothing", "[index]") {
    const Index index;
    CHECK(find(index, 0) == kNoRow);
}

TEST_CASE("an index agrees with a map however its places collide", "[index]") {
    std::mt19937 engine(7);
    const auto below = [&](Row limit) { return static_cast<Row>(engine() % limit); };
    Index index;
    std::map<Row, bool> model;
    for (int step = 0; step < 50'000; ++step) {
        // Grows to hundreds and shrinks again, over and over.
        const Row row = below(step / 5000 % 2 == 0 ? 600 : 20);
        if (model.erase(row) > 0) {
            index.erase(crowded(row), row);
        } else if (below(3) != 0) {
            index.insert(crowded(row), row);
            model[row] = true;
        }
        const Row probe = below(600);
        REQUIRE(find(index, probe) == (model.contains(probe) ? probe : kNoRow));
        REQUIRE(index.size() == model.size());
    }
}

TEST_CASE("an index gives memory back and loses nothing by it", "[index]") {
    Index index;
    const auto hash = [](Row row) { return row * 0x9e3779b97f4a7c15; };
    for (Row row = 0; row < 100'000; ++row)
        index.insert(hash(row), row);
    for (Row row = 10; row < 100'000; ++row)
        index.erase(hash(row), row);
    CHECK(index.size() == 10);
    for (Row row = 0; row < 20; ++row) {
        CHECK(index.find(hash(row), [&](Row r) { return r == row; }) == (row < 10 ? row : kNoRow));
    }
}

}  // namespace
}  // namespace fairlead::core
