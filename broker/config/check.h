// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "config/config.h"
#include "config/problem.h"

namespace fairlead::config {

/// What is wrong between values that are fine one by one, and where listeners may not be. Checks that need
/// one of `failed` ("section.key") are left out: what they would say follows from what was said of it.
/// Threads: any.
Problems check(const Config& config, const std::set<std::string>& failed);

/// What runs, but weakens the broker or is likely not meant; each with what to write instead. `where` is
/// "section.key", or the table with its name. Threads: any.
Problems weak_settings(const Config& config);

/// Those of them that are insecure switches: the log has them from each start. Threads: any.
Problems insecure_settings(const Config& config);

}  // namespace fairlead::config
