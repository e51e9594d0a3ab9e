// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// What `[[permission]]` compares with: a literal, or a beginning followed by one `*`. Bytes are compared as they are.
/// Threads: any.
namespace fairlead::wire {

inline bool valid_text_pattern(std::string_view pattern) noexcept {
    return !pattern.empty() && pattern.find('*') >= pattern.size() - 1;
}

inline bool matches_text(std::string_view pattern, std::string_view text) noexcept {
    if (pattern.empty() || pattern.back() != '*') return pattern == text;
    return text.substr(0, pattern.size() - 1) == pattern.substr(0, pattern.size() - 1);
}

}  // namespace fairlead::wire
