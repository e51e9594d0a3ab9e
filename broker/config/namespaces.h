// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"
#include "config/source.h"
#include "core/options.h"

/// The [[namespace]] tables, which have no rows in the table of options since there are many of them.
///
/// Threads: any.
namespace fairlead::config {

inline constexpr std::string_view kNamespaceSection = "namespace";

/// One key of a [[namespace]], for docs and errors.
struct NamespaceKey {
    std::string_view key;
    std::string_view standard;
    std::string_view what;
};

const std::vector<NamespaceKey>& namespace_table();
std::vector<std::string> namespace_keys();

/// Reads the tables of a source that are namespaces.
std::vector<core::NamespaceOptions> read_namespaces(const std::vector<TableEntry>& tables,
                                                    Problems& problems);

/// The keys with one value each, a line each.
std::string scalars_as_toml(const core::NamespaceOptions& options);

/// The word for a decider, as files write it.
std::string_view word_of(core::Decider decider);

}  // namespace fairlead::config
