// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "layers/include_lines.h"

namespace fairlead::layers {

// What is wrong with the include lines of these files, one sentence each; empty = all arrows are right.
// Checked: which room may include which; libraries that a room must not see; WebSocket library in one .cpp.
// Threads: any.
std::vector<std::string> wrong_arrows(const std::vector<SourceFile>& files);

}  // namespace fairlead::layers
