// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/config.h"

namespace fairlead::config {

/// The whole configuration as TOML, each value with a comment that says where it came from. Loaded again it
/// gives the same values. Holds no secret. Threads: any.
std::string dump(const Config& config);

}  // namespace fairlead::config
