// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "base/timer_wheel.h"
#include "core/client.h"
#include "core/options.h"

namespace fairlead::core {

/// How long a token still holds: to the moment, and as its holder is told (in which time it should refresh, at least
/// 1 s). Threads: any.
struct TimeLeft {
    std::chrono::nanoseconds exact;
    std::chrono::seconds ttl;
};
TimeLeft time_left(base::Wall expires, base::Wall now);

/// When clients whose token ends must go: at max(exp, now) and a grace time. Measured on the steady clock
/// from the moment the token was taken, so that moving the wall clock neither ends nor prolongs anything.
/// Threads: one.
class Expiry {
public:
    Expiry(const Options& options, const base::Clock& clock)
        : options_(options), clock_(clock), wheel_(clock.now(), std::chrono::milliseconds(100)) {}

    /// Starts the client's time anew; without `expires` it has no end. What the client is told: the time in
    /// which it should refresh, at least 1 s.
    std::optional<std::chrono::seconds> arm(Client& client, Row row, std::optional<base::Wall> expires);
    /// Its time is over then, without grace: somebody is to be asked.
    void wait(Client& client, Row row, std::chrono::nanoseconds time);
    void disarm(Client& client);

    /// Calls expired(Row) for each client whose time is over.
    template <typename Expired>
    void tick(Expired&& expired) {
        wheel_.advance(clock_.now(), expired);
    }

private:
    const Options& options_;
    const base::Clock& clock_;
    base::TimerWheel<Row> wheel_;
};

}  // namespace fairlead::core
