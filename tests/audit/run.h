// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "audit/findings.h"

namespace fairlead::audit {

/// Runs a broker with so many edge threads until services have begun so many publications, while things go
/// wrong, lets all come to rest, and audits what everybody recorded. Prints the seed, what went wrong how
/// often, and the counts. The records are kept if the audit has findings. Throws std::runtime_error if it
/// does not come to rest.
/// Threads: one at a time.
Report audited_run(int threads, std::uint64_t publications, std::uint32_t seed);

/// AUDIT_PUBLICATIONS, or else this.
std::uint64_t publications_or(std::uint64_t otherwise);
/// AUDIT_SEED, or else any.
std::uint32_t seed_of_run();

}  // namespace fairlead::audit
