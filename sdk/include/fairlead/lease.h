// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace fairlead {

/// A key that this instance owns: until it is lost, no other instance gets its requests. See
/// Endpoint::owner(). Threads: one at a time, as any value.
struct Lease {
    std::string key;
    /// Larger for each later lease of a key. An instance that was cut off may not know yet that it has lost
    /// the key: what is stored is safe if the store refuses writes with a smaller fence than its last.
    std::uint64_t fence = 0;
};

}  // namespace fairlead
