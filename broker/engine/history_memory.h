// SPDX-License-Identifier: Apache-2.0
#pragma once

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
#include "engine/options.h"

namespace fairlead::engine {

/// Streams in the broker's own memory: a restart begins new epochs.
///
/// Over the budget the streams that were used least recently lose publications, oldest first; then streams
/// without publications are forgotten, the same way. Neither makes a gap look like none: what is missing
/// shows by its offset, and a stream that begins anew has another epoch.
///
/// Threads: one.
class HistoryMemory final : public core::History {
public:
    HistoryMemory(const Options& options, base::Clock& clock, core::Random& random);

    core::Appended append(core::Publication&& publication, const core::Retention& retention) override;
    core::Stored read(std::string_view channel, const core::Range& range) override;

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

    core::Row find(std::string_view channel) const;
    core::Row take(std::string_view channel);
    void use(core::Row row);
    void arm(core::Row row);
    void drop_oldest(Stream& stream);
    void expire(Stream& stream);
    void settle(core::Row row, bool was_empty);
    void forget(core::Row row);
    void keep_in_budget(core::Row newest);
    std::string make_epoch();

    const Options options_;
    base::Clock& clock_;
    core::Random& random_;
    core::Hash hash_;
    core::Slab<Stream> streams_;
    core::Index by_name_;
    Recency filled_;  // streams with publications
    Recency empty_;   // and those without
    base::TimerWheel<core::Row> timers_;
    std::size_t bytes_ = 0;
};

}  // namespace fairlead::engine
