// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "audit/findings.h"
#include "audit/history.h"

namespace fairlead::audit {

/// Rule 5, of requests:
///
/// - each has one outcome: a reply, an error, or that its caller's connection ended;
/// - a reply is its own: its digest is reply_digest(), and a handler has run for it;
/// - nothing runs that nobody asked, and what may not run again runs once at most;
/// - not at all, if the error says that nobody took it (104, 111) and it may not run again.
///
/// Threads: any.
void check_requests(const History& history, Report& report);

/// What a handler answers to this request: caller and handler make it each by itself.
inline std::uint32_t reply_digest(std::uint32_t caller, std::uint32_t seq) {
    return (caller * 2654435761U) ^ (seq * 40503U + 17U);
}

}  // namespace fairlead::audit
