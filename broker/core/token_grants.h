// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "base/timer_wheel.h"
#include "core/expiry.h"
#include "core/row.h"

namespace fairlead::core {

/// Subscriptions that a token grants, and when those must go whose token ends: at max(exp, now) and the grace time, on
/// the steady clock from the moment the token was taken.
/// Threads: one.
class TokenGrants {
public:
    enum class Source : std::uint8_t {
        connection,    ///< `channels` of the connection token
        subscription,  ///< a subscription token
    };
    /// A subscription: the rows of its client and its channel.
    using Subscription = std::pair<Row, Row>;

    TokenGrants(const Options& options, const base::Clock& clock)
        : options_(options), clock_(clock), wheel_(clock.now(), std::chrono::milliseconds(100)) {}

    /// Notes a grant, or starts its time anew. What the client is told: the time in which it should refresh.
    std::optional<std::chrono::seconds> set(Subscription subscription, Source source,
                                            std::optional<base::Wall> expires);
    void remove(Subscription subscription);
    /// Nothing if no token granted it.
    std::optional<Source> find(Subscription subscription) const;

    /// Calls expired(Subscription) for each whose time is over, which must remove() it.
    template <typename Expired>
    void tick(Expired&& expired) {
        wheel_.advance(clock_.now(), expired);
    }

private:
    struct Grant {
        Source source;
        base::TimerId timer;
    };
    const Options& options_;
    const base::Clock& clock_;
    base::TimerWheel<Subscription> wheel_;
    std::map<Subscription, Grant> grants_;
};

}  // namespace fairlead::core
