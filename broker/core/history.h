// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/payload.h"

namespace fairlead::core {

using PublicationPtr = std::shared_ptr<const Publication>;

/// A place in the stream of a channel. Offsets count from 1, without holes; 0 is before the first
/// publication. The epoch changes whenever offsets begin anew, so that a place of before is not taken for one
/// of now.
struct Position {
    std::uint64_t offset = 0;
    std::string epoch;
};

/// How much of a channel is kept.
struct Retention {
    std::size_t size = 0;        ///< publications; 0 = the channel has no stream
    std::chrono::seconds age{};  ///< each is kept for so long
};

/// What a publication is not to be delivered after. Texts hold during the call.
struct Once {
    /// One with the same key in the last five minutes, which was the same publication. Empty: none.
    std::string_view idempotency = {};
    /// One of the same channel and Publication::key with as large a version. 0: none.
    std::uint64_t version = 0;

    bool any() const noexcept { return version > 0 || !idempotency.empty(); }
};

/// Which publications to read, of those that are kept.
struct Range {
    std::optional<std::uint64_t> since;  ///< those after it; in reverse those before it. Absent: from the end
    std::size_t limit = 0;               ///< at most
    bool reverse = false;                ///< the newest first
};

/// What a stream has of a Range. `top` is the place of the newest publication, whether or not it is kept.
struct Stored {
    Position top;
    std::vector<PublicationPtr> publications;
};

/// What became of a publication. Null: it is not to be delivered, since it was before, or a newer one was. Then `place`
/// is the first one's, or the channel's newest.
struct Appended {
    PublicationPtr publication;
    Position place;  ///< offset 0: the channel keeps none
};

/// Keeps the streams of channels. A stream's place outlives its publications.
/// Threads: core's.
class History {
public:
    virtual ~History() = default;

    /// Gives the publication the next offset of its channel and keeps it; with a retention of size 0 it only looks whether
    /// it is to be delivered.
    virtual Appended append(Publication&& publication, const Retention& retention, const Once& once) = 0;
    /// A channel that nothing was published in has an epoch too.
    virtual Stored read(std::string_view channel, const Range& range) = 0;
    /// Forgets the streams of channels for which keeps(channel) is false; what is published in them from here on is not
    /// kept, so that they must not go on as if nothing had been missed.
    virtual void forget_others(const std::function<bool(std::string_view channel)>& keeps) = 0;
};

}  // namespace fairlead::core
