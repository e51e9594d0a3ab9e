// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/table.h"

namespace fairlead::config::test {

/// A value of this option other than its default, for tests that go through the whole table. A new option of
/// text or list needs a line in samples.cpp.
Value sample_of(const Row& row);

/// The value as an environment variable has it.
std::string untyped(const Row& row, const Value& value);

}  // namespace fairlead::config::test
