// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <fairlead/call.h>
#include <fairlead/caller.h>

#include "base/clock.h"
#include "base/timer_wheel.h"
#include "wire/frame.h"

namespace fairlead::detail {

/// A question of this service to another, until its outcome. Made by the asking thread, then the I/O
/// thread's.
struct CallState {
    std::string topic;
    std::string payload;
    Caller on_behalf;  ///< the client for which it is asked; empty = the service itself
    std::string meta;  ///< of that client, as it came
    Headers headers;
    std::string trace;
    std::string key;
    base::Steady deadline{};
    CallDone done;
    bool blocking = false;  ///< `done` only wakes the thread that waits: it needs no handler thread
    std::size_t bytes = 0;  ///< counted against ServiceOptions::queue_bytes until it is sent

    wire::CallId id = 0;
    base::TimerId timer = 0;
    bool sent = false;
};

}  // namespace fairlead::detail
