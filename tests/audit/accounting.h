// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "audit/findings.h"
#include "audit/history.h"
#include "audit/publications.h"
#include "audit/stories.h"

namespace fairlead::audit {

/// Rule 6, as subscribers see it: no more copies were read than the acknowledgement counted, and of what was
/// published last in each channel, when all was calm, exactly those. Fills in Publication::live.
/// Threads: any.
void check_accounting(const History& history, const Publications& publications,
                      const std::vector<Story>& stories, Report& report);

}  // namespace fairlead::audit
