// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/findings.h"
#include "audit/history.h"

namespace fairlead::audit {

/// The audit: what the broker promises of publications, held against what everybody saw. In this order:
///
/// 1. no phantom: each delivery is a publication that was begun before, with the same payload, and not
/// refused;
/// 2. no unexplained loss (losses.h);
/// 3. no double: no subscriber gets a publication twice;
/// 4. order: of one publisher and of offsets at each subscriber, epochs never come back, no place of a stream
/// has two
///    publications, whether acknowledged or delivered, at whomever;
/// 5. requests: one outcome each, its own, and what may not run twice does not (requests.h);
/// 6. accounting: what was read is what the acknowledgements counted (accounting.h), and what the broker
/// itself counted (counts.h).
///
/// A delivery to whom was not subscribed, by its own record, is a finding as well.
/// Memory: about 60 bytes a line, and half as much while it runs.
/// Threads: any.
Report check(const History& history);

}  // namespace fairlead::audit
