// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "audit/findings.h"
#include "audit/history.h"
#include "audit/publications.h"
#include "audit/stories.h"

namespace fairlead::audit {

/// Rule 2: each acknowledged publication came to each subscriber that was to have it, or the subscriber was
/// told that it may have missed it. Counts the pairs in the report.
///
/// In a stream it was to have everything from the position of its first subscription on, across connections:
/// what it did not get lies in a gap that a reply told (recovered=false). Without history it was to have what
/// was published while it was subscribed: what began after the reply, up to what was acknowledged before the
/// last one that it got was begun. Only a span that ended with `done` reaches to the end.
/// Threads: any.
void check_losses(const History& history, const Publications& publications, const std::vector<Story>& stories,
                  Report& report);

}  // namespace fairlead::audit
