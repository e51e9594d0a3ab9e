// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "backplane/told_event.h"

namespace fairlead::backplane {

/// What a feed may cost.
struct FeedLimits {
    std::size_t backlog_bytes = 1024 * 1024;  ///< live events that are not heard
    std::size_t window_bytes = 128 * 1024;    ///< told, and not heard
    std::size_t batch_bytes = 64 * 1024;      ///< payload of one told frame
    std::size_t batch_events = 256;
};

/// The session events of one group: numbered without holes, told in batches, kept until they are heard. What
/// is not heard is told again after rewind(), with the same numbers. Threads: one.
class Feed {
public:
    struct Batch {
        std::uint64_t first = 0;
        std::uint32_t count = 0;  ///< 0: there is none
        std::string payload;      ///< as it stands in a told frame
    };

    /// The first event gets the number `first`, which is at least 1.
    Feed(std::uint64_t first, const FeedLimits& limits)
        : limits_(limits),
          front_(first),
          cursor_(first),
          due_(first - 1),
          told_(first - 1),
          heard_(first - 1) {}

    /// False, and nothing was added: more would wait than may. Events of a snapshot always find room.
    bool add(const ToldEvent& event, Origin origin);
    /// Throws away all that waits or was told and not heard, and gives how many those were. Their numbers are
    /// not used again, nor is the one after them: a gap shows the loss, even if all had been told.
    std::size_t drop_all();

    /// What was added until now may leave.
    void make_due() noexcept { due_ = last(); }
    /// The next batch that is due and inside the window; it counts as told.
    Batch next_batch();

    /// All up to this number was handled. False: so many were never told.
    bool heard(std::uint64_t number);
    /// Another reader, or another connection: what is not heard is told again.
    void rewind() noexcept;

    std::uint64_t last() const noexcept { return front_ + kept_.size() - 1; }  ///< number of the newest
    std::uint64_t told() const noexcept { return told_; }  ///< the largest that was ever told
    /// All up to here is heard, or is not there any more for the present reader.
    std::uint64_t heard() const noexcept { return heard_; }
    /// Whether something is told and not heard.
    bool owed() const noexcept { return cursor_ > front_; }
    std::size_t backlog_bytes() const noexcept { return backlog_bytes_; }

private:
    struct Kept {
        ToldEvent event;
        Origin origin;
    };

    struct Extent {
        std::uint32_t count = 0;
        std::size_t bytes = 0;
    };

    static std::size_t cost_of(const ToldEvent& event) noexcept;
    const ToldEvent& at(std::uint64_t number) const noexcept {
        return kept_[static_cast<std::size_t>(number - front_)].event;
    }
    Extent next_extent() const noexcept;
    void forget_front() noexcept;

    const FeedLimits& limits_;
    std::deque<Kept> kept_;
    std::uint64_t front_;   ///< number of the first in kept_
    std::uint64_t cursor_;  ///< the next to be told
    std::uint64_t due_;
    std::uint64_t told_;
    std::uint64_t heard_;
    std::size_t backlog_bytes_ = 0;
    std::size_t flight_bytes_ = 0;  ///< of those before cursor_
};

}  // namespace fairlead::backplane
