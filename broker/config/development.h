// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace fairlead::config {

/// What places in the development profile say instead of a file's name.
inline constexpr std::string_view kDevelopmentName = "development profile";

/// The TOML text that a start without a configuration file lays over the strict defaults. It lets everybody
/// in, so with it the broker stays on loopback. Threads: any.
std::string_view development_text();

}  // namespace fairlead::config
