// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace fairlead::core {

using EdgeIndex = std::uint16_t;

/// Names one connection between its edge thread and core. `slot` is small and reused, `generation` tells the users of
/// a slot apart, so that what is late for a closed connection never reaches the next one.
struct ClientKey {
    EdgeIndex edge = 0;
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;

    bool operator==(const ClientKey&) const = default;
};

}  // namespace fairlead::core
