// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::config {

/// How many letters must be changed, added, left out or swapped with their neighbour to make `b` of `a`.
/// Threads: any.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word nearest to `text` without regard to case, the earliest of equals; empty if there are no words.
/// Threads: any.
std::string nearest(std::string_view text, const std::vector<std::string>& words);

}  // namespace fairlead::config
