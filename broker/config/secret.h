// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "config/problem.h"

namespace fairlead::config {

/// Reads a secret: the bytes of the file without one newline (\n or \r\n) at its end, `least` to 4096 of
/// them, used as they are. Refused unless it is a regular file that group and others may not touch. The
/// reason never holds any of its bytes. Threads: any.
Parsed<std::string> read_secret(const std::string& path, std::size_t least);

}  // namespace fairlead::config
