// SPDX-License-Identifier: Apache-2.0
#include "core/slab.h"

#include <catch2/catch.hpp>
#include <string>

#include "core/chain.h"

namespace fairlead::core {
namespace {

TEST_CASE("a slab takes again what was given back, empty", "[slab]") {
    Slab<std::string> slab;
    const Row first = slab.take();
    const Row second = slab.take();
    std::string& kept = slab[second];
    slab[first] = std::string(1000, 'x');
    kept = "kept";
    slab.give(first);
    CHECK(slab.size() == 1);
    CHECK(slab.take() == first);
    CHECK(slab[first].empty());
    CHECK(slab[first].capacity() < 100);
    for (int i = 0; i < 1000; ++i)
        slab.take();
    CHECK(&kept == &slab[second]);
    CHECK(kept == "kept");
}

TEST_CASE("a chain keeps the rest when its first, last or middle goes", "[slab]") {
    std::vector<Links> links(3);
    const auto of = [&](Row row) -> Links& { return links[row]; };
    const Row gone = GENERATE(0U, 1U, 2U);
    Row first = kNoRow;
    for (Row row : {0U, 1U, 2U})
        chain_add(first, row, of);
    chain_remove(first, gone, of);
    std::vector<Row> left;
    for (Row row = first; row != kNoRow; row = links[row].next)
        left.push_back(row);
    std::vector<Row> expected;
    for (Row row : {2U, 1U, 0U}) {
        if (row != gone) expected.push_back(row);
    }
    CHECK(left == expected);
    for (Row row : expected)
        chain_remove(first, row, of);
    CHECK(first == kNoRow);
}

}  // namespace
}  // namespace fairlead::core
