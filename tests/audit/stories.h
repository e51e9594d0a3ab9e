// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "audit/findings.h"
#include "audit/history.h"
#include "audit/publications.h"

namespace fairlead::audit {

/// One subscription, from the broker's reply until somebody or something ended it. Members are indexes of
/// records.
struct Span {
    std::uint32_t asked = kNoRecord;
    std::uint32_t begun = kNoRecord;
    std::uint32_t ended = kNoRecord;  ///< kNoRecord: the history ends before it
    std::size_t first = 0;            ///< its deliveries in those of the story, [first, last)
    std::size_t last = 0;
};

/// What one subscriber saw of one channel, in its order.
struct Story {
    std::uint32_t subscriber = 0;
    std::uint32_t channel = 0;
    std::vector<std::uint32_t> deliveries;
    std::vector<Span> spans;
    /// When it did not read: from then, until it had read what was published after that (kNever: it never
    /// had).
    std::vector<std::pair<std::int64_t, std::int64_t>> frozen;

    std::span<const std::uint32_t> of(const Span& span) const {
        return std::span(deliveries).subspan(span.first, span.last - span.first);
    }
};

/// The stories of a history. Deliveries outside of any subscription are findings and in no story.
/// Threads: any.
std::vector<Story> stories_of(const History& history, const Publications& publications, Report& report);

}  // namespace fairlead::audit
