// SPDX-License-Identifier: Apache-2.0
#include "core/hash.h"

#include <catch2/catch.hpp>
#include <string>

namespace fairlead::core {
namespace {

TEST_CASE("the hash is SipHash-2-4 by its published vectors", "[hash]") {
    // Key 00..0f; input 00, 01, ... of the given length.
    const Hash hash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
    const auto [length, expected] = GENERATE(table<std::size_t, std::uint64_t>({{0, 0x726fdb47dd0e0e31},
                                                                                {1, 0x74f839c593dc67fd},
                                                                                {8, 0x93f5f5799a932462},
                                                                                {15, 0xa129ca6149be45e5}}));
    std::string input;
    for (std::size_t i = 0; i < length; ++i)
        input.push_back(static_cast<char>(i));
    CHECK(hash(input) == expected);
}

TEST_CASE("T17: another key gives other hashes", "[hash]") {
    CHECK(Hash(1, 2)("news") != Hash(1, 3)("news"));
}

}  // namespace
}  // namespace fairlead::core
