// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace fairlead::bench {

/// CPU time that the living threads of a process have used, from the scheduler's own nanosecond count, or
/// from its clock ticks (10 ms) where the kernel keeps none. Nothing if the process is gone.
std::optional<std::chrono::nanoseconds> cpu_time(pid_t pid);

/// Resident memory of a process; 0 if it is gone.
std::uint64_t resident_bytes(pid_t pid);

/// Pins the calling thread to one core; false if that is not allowed.
bool pin_to_core(int core);

/// Processor, cores and kernel in one line.
std::string machine();

/// How this program was built.
const char* build_type();

}  // namespace fairlead::bench
