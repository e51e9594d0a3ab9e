// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <fairlead/options.h>

namespace fairlead::detail {

/// Gives the value of an environment variable, or nullptr.
using GetVariable = std::function<const char*(const char* name)>;

/// Fills what `options` leaves empty: from the environment, else with the defaults; FAIRLEAD_SDK_LOG holds
/// over what is set. Throws std::invalid_argument, naming the variable or option, for what cannot be.
ServiceOptions complete(ServiceOptions options, const GetVariable& variable);

}  // namespace fairlead::detail
