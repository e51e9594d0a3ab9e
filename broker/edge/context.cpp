// SPDX-License-Identifier: Apache-2.0
#include "edge/context.h"

#include <utility>

namespace fairlead::edge {
namespace {

constexpr std::chrono::seconds kRefusalLogEvery{1};

}  // namespace

void Context::note_refusal(std::string_view why, std::string_view address) {
    ++counts.refused;
    ++refused_unsaid;
    if (now - refusal_said_at < kRefusalLogEvery) return;
    refusal_said_at = now;
    log.warning("connection refused", {{"why", why},
                                       {"address", address},
                                       {"count", std::exchange(refused_unsaid, 0)}});
}

}  // namespace fairlead::edge
