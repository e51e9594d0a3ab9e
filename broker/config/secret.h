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

/// Reads what everybody may know: 1 to `most` bytes. Refused unless it is a regular file that only its owner may
/// write: who can change a public key lets in whom he likes. Threads: any.
Parsed<std::string> read_public_file(const std::string& path, std::size_t most);

}  // namespace fairlead::config
