// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backplane/options.h"
#include "config/problem.h"
#include "config/source.h"

/// The [[service]] tables: who owns which key, and what its owner may do.
///
/// Threads: any.
namespace fairlead::config {

inline constexpr std::string_view kServiceSection = "service";

/// One key of a [[service]], for docs and errors.
struct ServiceKey {
    std::string_view key;
    std::string_view standard;
    std::string_view what;
};

const std::vector<ServiceKey>& service_table();
std::vector<std::string> service_keys();

/// Reads the tables of a source that are services. No two have a name or a key in common.
std::vector<backplane::ServiceRights> read_services(const std::vector<TableEntry>& tables,
                                                    Problems& problems);

/// A table that read_services() reads as `rights`.
std::string dump_service(const backplane::ServiceRights& rights);

}  // namespace fairlead::config
