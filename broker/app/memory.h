// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>

namespace fairlead::app {

/// What the process has in memory now (its resident set); 0 where the system does not tell.
std::size_t resident_bytes();

/// What it can have: the machine's memory, or less if its cgroup (version 2), or one above that, has a limit.
std::size_t memory_limit();

/// The least limit of the cgroup that `membership` (as /proc/self/cgroup) names and of those above it, below `root`;
/// the largest number there is when none has one.
std::size_t cgroup_limit(const std::filesystem::path& membership, const std::filesystem::path& root);

/// Gives back to the system what was freed; the allocator would keep most of it.
void return_free_memory();

}  // namespace fairlead::app
