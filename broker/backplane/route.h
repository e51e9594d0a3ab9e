// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "backplane/instance.h"
#include "backplane/pending_list.h"

namespace fairlead::backplane {

/// A topic or pattern, who handles it, and the requests that wait for a free window.
struct Route {
    std::string pattern;
    std::string service;               ///< the one that may handle it
    std::vector<Endpoint*> endpoints;  ///< one an instance

    // dispatch
    PendingList queue;
    std::size_t queued = 0;
    std::size_t queued_bytes = 0;

    /// Whether an instance is there that takes requests, now or once a window is free.
    bool served() const noexcept {
        return std::any_of(endpoints.begin(), endpoints.end(),
                           [](const Endpoint* endpoint) { return !endpoint->instance->draining; });
    }
};

}  // namespace fairlead::backplane
