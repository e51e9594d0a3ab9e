// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "backplane/instance.h"
#include "backplane/key.h"
#include "backplane/pending_list.h"
#include "backplane/retry_budget.h"
#include "wire/route_by.h"

namespace fairlead::backplane {

/// A topic or pattern, who handles it, and the requests that wait for a free window.
struct Route {
    // registry
    std::string pattern;
    std::string service;               ///< the one that may handle it
    std::vector<Endpoint*> endpoints;  ///< one an instance
    // As the newest registration says.
    wire::RouteBy route_by;
    bool owner = false;  ///< its keys are leased
    std::string schema;
    std::vector<std::string_view> differing;  ///< of these: logged that instances do not agree

    // dispatch
    PendingList queue;       ///< of requests without a key
    std::size_t queued = 0;  ///< in all queues: those of the endpoints and keys too
    std::size_t queued_bytes = 0;
    KeyTable keys;
    std::size_t leases = 0;  ///< of its keys
    RetryBudget budget;

    bool keyed() const noexcept { return route_by.part != wire::RouteBy::Part::none; }

    /// Whether an instance is there that takes requests, now or once a window is free.
    bool served() const noexcept {
        return std::any_of(endpoints.begin(), endpoints.end(),
                           [](const Endpoint* endpoint) { return !endpoint->instance->draining; });
    }
};

}  // namespace fairlead::backplane
