// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "audit/history.h"

namespace fairlead::audit {

/// What a faultless broker, its publishers and its subscribers would record in a short run with everything
/// that may happen to them: connections cut with what was under way, slow readers closed, told of a gap or
/// dropped for, clients that freeze and leave, services and the broker killed. The same seed gives the same
/// history. It ends as a run does: all are back, a last publication in each channel, all have it.
/// A publication is begun in about every fourth step.
/// Threads: any.
History simulate(std::uint32_t seed, int steps = 1500);

}  // namespace fairlead::audit
