// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>

/// What a process uses, as the kernel counts it. Threads: any.
namespace fairlead::support {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

/// In bytes. All are zero when there is no such process.
struct Footprint {
    std::size_t resident = 0;
    std::size_t peak_resident = 0;  ///< since its start or forget_peak()
    std::size_t address_space = 0;
    std::size_t peak_address_space = 0;  ///< since its start
};
Footprint footprint_of(pid_t pid);

/// Peaks of resident memory begin again at what is resident now.
void forget_peak(pid_t pid);

/// Time on a core since its start.
double cpu_seconds(pid_t pid);

std::size_t descriptors_of(pid_t pid);

}  // namespace fairlead::support
