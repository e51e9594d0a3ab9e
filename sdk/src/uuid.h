// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace fairlead::detail {

/// A random UUID (version 4) of the kernel's random bytes. Throws std::system_error if there are none.
std::string make_uuid();

}  // namespace fairlead::detail
