// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/timer_wheel.h"
#include "core/claims.h"
#include "core/expiry.h"
#include "core/revocation.h"
#include "core/row.h"

namespace fairlead::core {

/// Subscriptions that a token grants, and when those must go whose token ends: at max(exp, now) and the grace time, on
/// the steady clock from the moment the token was taken. Besides, which subscriptions a hook has allowed and what it said
/// of them: those go when their time is over, since nobody else refreshes them.
/// Threads: one.
class TokenGrants {
public:
    enum class Source : std::uint8_t {
        connection,    ///< `channels` of the connection token
        service,       ///< a service has subscribed the client
        subscription,  ///< a subscription token
        hook,          ///< none: a hook has allowed it
    };
    /// A subscription: the rows of its client and its channel.
    using Subscription = std::pair<Row, Row>;

    TokenGrants(const Options& options, const base::Clock& clock)
        : options_(options), clock_(clock), wheel_(clock.now(), std::chrono::milliseconds(100)) {}

    /// Notes a grant, or starts its time anew. What the client is told: the time in which it should refresh.
    std::optional<std::chrono::seconds> set(Subscription subscription, const SubscriptionClaims& token);
    void set_by_connection(Subscription subscription);
    void set_by_service(Subscription subscription);
    /// A hook has allowed it. What it says beside that: `time` 0 = no end, and where there is a token its own counts.
    void set_by_hook(Subscription subscription, std::string info, std::chrono::seconds time);
    void remove(Subscription subscription);
    /// Nothing if neither a token granted it nor a hook allowed it.
    std::optional<Source> find(Subscription subscription) const;
    /// Whoever granted it, a hook has allowed it.
    bool allowed_by_hook(Subscription subscription) const;
    /// `info` of the hook, else of its token, JSON text; empty = none.
    std::string_view info(Subscription subscription) const;
    bool has_infos() const noexcept { return infos_ > 0; }
    /// The subscriptions by this token, or by tokens of this key; none for what else is meant.
    std::vector<Subscription> find_all(const Target& target) const;
    /// The channels that a client's connection token grants.
    std::vector<Row> channels_by_connection(Row client) const;

    /// Calls expired(Subscription) for each whose time is over, which must remove() it.
    template <typename Expired>
    void tick(Expired&& expired) {
        wheel_.advance(clock_.now(), expired);
    }

private:
    struct Grant {
        Source source = Source::connection;
        base::TimerId timer = 0;
        std::string info;
        std::string token_id;
        std::string key_id;
        bool allowed_by_hook = false;
        bool info_by_hook = false;  ///< no other token changes it
    };
    void set_info(Grant& grant, std::string info);

    const Options& options_;
    const base::Clock& clock_;
    base::TimerWheel<Subscription> wheel_;
    std::map<Subscription, Grant> grants_;
    std::size_t infos_ = 0;  // grants that have one
};

}  // namespace fairlead::core
