// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "audit/findings.h"

namespace fairlead::audit {

/// One run of the audit of requests: so many are asked while callers are cut, workers killed, stopped,
/// restarted and cut off in one direction, and the broker killed; then all records are checked. What went
/// wrong, and what came of it, is printed; the records stay if there is a finding.
Report audited_requests(int threads, std::uint64_t requests, std::uint32_t seed);

}  // namespace fairlead::audit
