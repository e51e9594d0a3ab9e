// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/log.h"

/// One line of the log without its time and level. Whatever peers put into it, it stays one line, a terminal
/// is not told to do anything, and JSON stays JSON.
///
/// Threads: any.
namespace fairlead::app {

inline constexpr std::size_t kMaxFieldBytes = 256;     ///< of a text value; what is longer is cut
inline constexpr std::size_t kMaxMessageBytes = 1024;  ///< of a message

/// `message name=value name="text"`.
std::string text_line(std::string_view message, base::LogFields fields);

/// `"message":"...","name":value`: the members of an object. UTF-8 stays as it is; control characters are
/// escaped and bytes that are not UTF-8 become U+FFFD.
std::string json_members(std::string_view message, base::LogFields fields);

}  // namespace fairlead::app
