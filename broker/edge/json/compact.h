// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace fairlead::edge::json {

/// Appends valid JSON without the white space outside strings, so that it fits into a frame of lines.
/// Threads: any.
void compact(std::string_view json, std::string& out);

}  // namespace fairlead::edge::json
