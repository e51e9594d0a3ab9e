// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/problem.h"

/// Where the broker listens. Hosts are numeric, so that what is on loopback is known without asking a
/// resolver.
///
/// Threads: any.
namespace fairlead::config {

struct Address {
    std::string host;        ///< without brackets; empty for ipc
    std::uint16_t port = 0;  ///< 0 = any free one
    bool loopback = false;   ///< only programs of this machine reach it
    std::string path;        ///< of ipc; empty for tcp
};

/// "127.0.0.1:8000" or "[::1]:8000".
Parsed<Address> parse_address(std::string_view text);

/// "tcp://127.0.0.1:7000" or "ipc:///run/fairlead/backplane"; the port may be "*".
Parsed<Address> parse_backplane_address(std::string_view text);

}  // namespace fairlead::config
