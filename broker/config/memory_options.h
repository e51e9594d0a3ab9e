// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace fairlead::config {

/// What the broker may take up in memory.
struct MemoryOptions {
    std::size_t budget = 0;  ///< bytes; 0 = 80 % of what the machine or the process's cgroup has
};

}  // namespace fairlead::config
