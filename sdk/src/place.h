// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include <fairlead/lease.h>

#include "src/strands.h"

namespace fairlead::detail {

/// Where a request waits for its turn, of an endpoint that has serial() or an owner: first until its key is
/// acquired, then until those before it have ended.
struct Place {
    std::optional<StrandKey> owned;
    std::shared_ptr<const Lease> lease;  ///< set if `owned` is
    std::optional<StrandKey> serial;
};

}  // namespace fairlead::detail
