// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "audit/findings.h"
#include "audit/history.h"
#include "audit/publications.h"
#include "audit/stories.h"

namespace fairlead::audit {

/// Rule 6, as the broker sees it: its own counts say what the history says. From the beginning of a broker to
/// the first time that it was asked, and between two times:
///
/// - publications accepted: as many as were acknowledged, and copies as many as the acknowledgements say;
/// - each of these copies was handed to a queue of a client;
/// - copies that did not come: as many as the broker counts as dropped, conflated or unsent. More are missing
/// only
///   where connections ended, with what was on its way in the network;
/// - recoveries, granted and not: as many as were told, and more only where connections ended;
/// - closed for slowness: no fewer than were told.
///
/// The last two only between two times: before, what the last broker said may be read late.
/// What nobody knows the outcome of, or was under way while the broker was asked, may or may not be in its
/// counts. After check_accounting(), which fills in Publication::live. Threads: any.
void check_counts(const History& history, const Publications& publications, const std::vector<Story>& stories,
                  Report& report);

}  // namespace fairlead::audit
