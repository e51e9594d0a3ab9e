// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace fairlead::detail {

/// What the greeting says of the SDK, for people.
inline constexpr std::string_view kSdkName = "fairlead-cpp " FAIRLEAD_VERSION;

}  // namespace fairlead::detail
