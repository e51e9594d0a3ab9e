// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "backplane/options.h"
#include "wire/error.h"
#include "wire/frame.h"

namespace fairlead::backplane {

/// What is wrong with a greeting taken by itself: names, patterns, numbers, counts. Nothing if it is
/// well-formed. Threads: any.
std::optional<wire::Failure> check_greeting(const wire::Greeting& greeting, const Options& options);

}  // namespace fairlead::backplane
