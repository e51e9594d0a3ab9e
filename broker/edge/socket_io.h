// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "edge/io_result.h"

namespace fairlead::edge {

/// One read or write of a non-blocking socket; writing to a peer that is gone raises no signal.
/// Threads: any.
IoResult receive_from(int descriptor, char* buffer, std::size_t size) noexcept;
IoResult send_to(int descriptor, const char* data, std::size_t size) noexcept;

}  // namespace fairlead::edge
