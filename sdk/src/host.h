// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "src/line.h"
#include "src/link_keys.h"

namespace fairlead::detail {

/// The machine as a service sees it: what time it is, how the I/O thread waits, and the way to a broker.
/// Tests hand one in that has its own time and no network (ServiceOptions::host).
/// Threads: now() and pool_ran_dry(), any; all else a service's I/O thread.
class Host {
public:
    virtual ~Host() = default;

    virtual base::Steady now() const = 0;

    /// Begins to connect to `broker`. Throws zmq::error_t.
    virtual std::unique_ptr<Line> connect(const std::string& broker, const LinkKeys& keys,
                                          std::size_t attempt) = 0;

    /// Returns when one of the descriptors is ready, and says which in `revents`, or when `due` has come. May
    /// return early.
    virtual void wait(std::vector<pollfd>& descriptors, base::Steady due) = 0;

    // For those who want to know when a service has nothing more to do.

    /// The I/O thread begins. `idle` tells, on any thread until end(), whether no handler runs or waits.
    virtual void begin(std::function<bool()> idle) { static_cast<void>(idle); }
    /// stop() was called.
    virtual void leaving() {}
    /// The I/O thread ends.
    virtual void end() noexcept {}
    /// No handler runs or waits any more.
    virtual void pool_ran_dry() {}
};

}  // namespace fairlead::detail
