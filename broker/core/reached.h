// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "wire/error.h"

namespace fairlead::core {

/// A publication, push or control by a service: refused, or how many clients it reached.
struct Reached {
    wire::Failure failure;  ///< code 0 = accepted
    std::uint32_t clients = 0;
    std::uint64_t offset = 0;
    std::string epoch;
};

}  // namespace fairlead::core
