// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <vector>

#include "audit/history.h"

namespace fairlead::audit {

/// One way to spoil a good history. `apply` changes it so that no faultless broker could have made it, or
/// gives false and leaves it: there is nothing in it that this could be done to.
/// Threads: any.
struct Mutation {
    const char* name;
    bool (*apply)(History& history, std::mt19937& random);
};

const std::vector<Mutation>& mutations();

}  // namespace fairlead::audit
