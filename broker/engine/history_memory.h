// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/timer_wheel.h"
#include "core/hash.h"
#include "core/history.h"
#include "core/index.h"
#include "core/ports.h"
#include "core/slab.h"
#include "engine/memo.h"
#include "engine/options.h"

namespace fairlead::engine {

/// Streams in the broker's own memory: a restart begins new epochs.
///
/// Over the budget the streams that were used least recently lose publications, oldest first; then streams
/// without publications are forgotten, the same way. Neither makes a gap look like none: what is missing
/// shows by its offset, and a stream that begins anew has another epoch. A channel that nothing was published in costs
/// nothing.
///
/// Threads: one.
class HistoryMemory final : public core::History {
public:
    HistoryMemory(const Options& options, base::Clock& clock, core::Random& random);

    core::Appended append(core::Publication&& publication, const core::Retention& retention,
                          const core::Once& once) override;
    core::Stored read(std::string_view channel, const core::Range& range) override;
    void forget_others(const std::function<bool(std::string_view channel)>& keeps) override;

    /// Forgets what is too old; for the memory only, since nothing too old is read.
    void tick();

    std::size_t streams() const noexcept { return streams_.size(); }
    /// Of all streams, about.
    std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Kept {
        core::PublicationPtr publication;
        base::Steady until;
    };
    using Recency = std::list<core::Row>;  // who was used least recently stands first

    struct Stream {
        std::string channel;
        core::Position top;
        std::vector<Kept> kept;
        std::size_t first = 0;  // of kept; those before it are gone
        base::Steady used{};
        base::TimerId timer = 0;
        Recency::iterator place;

        bool empty() const noexcept { return first == kept.size(); }
        std::size_t size() const noexcept { return kept.size() - first; }
    };

    core::Appended keep(core::Publication&& publication, const core::Retention& retention);
    core::Row find(std::string_view channel) const;
    core::Row take(std::string_view channel);
    void use(core::Row row);
    void arm(core::Row row);
    void drop_oldest(Stream& stream);
    void expire(Stream& stream);
    void settle(core::Row row, bool was_empty);
    void forget(core::Row row);
    void keep_in_budget(core::Row newest);
    const core::Position* published_before(const core::Publication& publication, const core::Once& once) const;
    bool outdated(const core::Publication& publication, const core::Once& once) const;
    core::Position top_of(std::string_view channel) const;
    std::string epoch_of(std::string_view channel) const;
    void next_epoch(std::string_view channel);

    const Options options_;
    base::Clock& clock_;
    core::Hash hash_;
    core::Slab<Stream> streams_;
    core::Index by_name_;
    Recency filled_;  // streams with publications
    Recency empty_;   // and those without
    base::TimerWheel<core::Row> timers_;
    std::size_t bytes_ = 0;
    Memo receipts_;  // places by idempotency key
    Memo versions_;  // the newest version by key, as an offset
    // Channels share epochs: that of one changes when a stream of its share was forgotten.
    std::string epoch_;
    std::array<std::uint32_t, 4096> forgotten_{};
};

}  // namespace fairlead::engine
