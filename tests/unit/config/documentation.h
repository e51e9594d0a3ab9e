// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace fairlead::config::test {

/// The part of docs/configuration.md between its two marks: every option of the table, section by section.
std::string options_as_markdown();

}  // namespace fairlead::config::test
