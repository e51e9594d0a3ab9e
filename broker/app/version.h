// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fairlead::app {

/// The version of the broker, from the build.
inline constexpr const char* kVersion = FAIRLEAD_VERSION;

}  // namespace fairlead::app
