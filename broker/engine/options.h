// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

namespace fairlead::engine {

/// Where streams are kept, and how much may be.
struct Options {
    std::size_t memory = 256 * 1024 * 1024;             ///< of all streams together
    std::chrono::seconds metadata_age{30 * 24 * 3600};  ///< how long a stream's place outlives its last use
};

}  // namespace fairlead::engine
