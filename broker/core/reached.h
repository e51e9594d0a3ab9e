// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/error.h"

namespace fairlead::core {

/// A publication, push or control by a service: refused, or how many clients it reached.
struct Reached {
    wire::Failure failure;  ///< code 0 = accepted
    std::uint32_t clients = 0;
    std::uint64_t offset = 0;
    std::string epoch;
};

/// Whom a service means: one client, by its id, or all of a user. The other one is empty.
struct Audience {
    std::string_view client;
    std::string_view user;
};

}  // namespace fairlead::core
