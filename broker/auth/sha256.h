// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace fairlead::auth {

/// The 32 bytes of the hash. Throws std::runtime_error when OpenSSL has none to give. Threads: any.
std::string sha256(std::string_view bytes);

}  // namespace fairlead::auth
