// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"
#include "config/source.h"
#include "core/options.h"

/// The [[permission]] tables: what some clients may do that others may not.
///
/// Threads: any.
namespace fairlead::config {

inline constexpr std::string_view kPermissionSection = "permission";

/// One key of a [[permission]], for docs and errors; each is a list of texts.
struct PermissionKey {
    std::string_view key;
    std::string_view what;
};

const std::vector<PermissionKey>& permission_table();
std::vector<std::string> permission_keys();

/// Reads the tables of a source that are permissions.
std::vector<core::PermissionOptions> read_permissions(const std::vector<TableEntry>& tables, Problems& problems);

/// The table as TOML, keys without a value left out.
std::string permission_text(const core::PermissionOptions& options);

}  // namespace fairlead::config
