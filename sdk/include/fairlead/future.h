// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <fairlead/export.h>
#include <fairlead/result.h>

namespace fairlead {

namespace detail {
class Pending;
}

/// Where a publication stands.
struct Published {
    std::uint64_t offset = 0;   ///< in a channel with history; else 0
    std::string epoch;          ///< of that offset
    std::uint32_t reached = 0;  ///< clients that it was handed to
};

/// What became of an event, counted in groups that listen to its topic.
struct Emitted {
    std::uint32_t reached = 0;  ///< handed to an instance
    std::uint32_t queued = 0;   ///< waits until an instance has room
    std::uint32_t dropped = 0;  ///< lost: no room in the group's queue, or its instances are gone
};

/// How many clients something met: a disconnect, a push, a subscription made or ended.
struct Reached {
    std::uint32_t reached = 0;
};
using Disconnected = Reached;

/// What the broker will say of something that was sent. It may be ignored: a failure is then logged and
/// counted. There is always an outcome: the broker's, or `unavailable` when none came in time, `overloaded`
/// when the queue was full, `stopped`. Threads: one at a time. wait() must not be called where blocking is
/// not allowed; a handler may.
template <typename T>
class FAIRLEAD_EXPORT Future {
public:
    explicit Future(std::shared_ptr<detail::Pending> pending) noexcept;
    Future(Future&&) noexcept;
    Future& operator=(Future&&) noexcept;
    ~Future();

    /// Whether wait() would return at once.
    bool ready() const;
    /// Blocks until the outcome is known; gives it each time it is asked.
    Result<T> wait();
    /// The same for at most `timeout`, then error 1 (deadline); the outcome can be waited for again.
    Result<T> wait(std::chrono::milliseconds timeout);

private:
    std::shared_ptr<detail::Pending> pending_;
};

extern template class Future<Published>;
extern template class Future<Emitted>;
extern template class Future<Reached>;
extern template class Future<void>;

}  // namespace fairlead
