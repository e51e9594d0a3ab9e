// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace fairlead::core {

/// Where a record stands in its table. Half the size of a pointer, and it stays right when the table grows.
using Row = std::uint32_t;
inline constexpr Row kNoRow = 0xffffffff;

}  // namespace fairlead::core
