// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edge/address.h"

namespace fairlead::edge {

/// The addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
struct Network {
    IpAddress address;
    unsigned bits = 128;  ///< of the mapped form that begin alike

    bool contains(const IpAddress& other) const noexcept;
};

/// Nothing for what is no network; bits that are set behind the prefix are a mistake, not a network.
std::optional<Network> parse_network(std::string_view text);

/// A list of networks of the configuration.
/// Threads: any once built.
class Networks {
public:
    Networks() = default;
    /// Throws std::invalid_argument that names an entry which is no network.
    explicit Networks(const std::vector<std::string>& entries);

    bool contains(const IpAddress& address) const noexcept;
    bool empty() const noexcept { return networks_.empty(); }

private:
    std::vector<Network> networks_;
};

}  // namespace fairlead::edge
