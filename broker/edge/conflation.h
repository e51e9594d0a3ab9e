// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "edge/frame.h"

namespace fairlead::edge {

/// Finds what waits of a channel and key in an out-queue, so that conflating is no search. It holds positions
/// in the queue only, and must be made anew when entries move. What came since the last question is looked at
/// in the next, so a queue that nobody asks about costs nothing. Threads: the queue's.
class Conflation {
public:
    using Entries = std::vector<FramePtr>;
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    /// The newest entry from `first` on that `frame` may take the place of.
    std::uint32_t find(const Entries& entries, std::uint32_t first, const Frame& frame);

private:
    std::uint32_t* slot_of(const Entries& entries, const Frame& frame);
    void enter(const Entries& entries, std::uint32_t first);
    void grow(const Entries& entries, std::uint32_t first);

    std::vector<std::uint32_t> slots_;  // open addressing: positions + 1; 0 = free
    std::uint32_t used_ = 0;
    std::uint32_t seen_ = 0;  // entries before it are entered
};

}  // namespace fairlead::edge
