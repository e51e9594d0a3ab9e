// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <fairlead/export.h>
#include <fairlead/result.h>

namespace fairlead {

/// Makes a secret key, writes it into a new file of mode 0600 and gives its public key, 40 characters. A file
/// that is there stays as it is: error 107. Threads: any.
FAIRLEAD_EXPORT Result<std::string> make_key_file(const std::string& path);

/// The public key of a key file, or why there is none: error 107. Threads: any.
FAIRLEAD_EXPORT Result<std::string> public_key_of(const std::string& path);

}  // namespace fairlead
