// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "edge/address.h"

namespace fairlead::edge {

/// The PROXY protocol, version 2: what a load balancer writes before the first byte of its client, TLS included.
/// Version 1, the textual one, is refused.
struct ProxyHeader {
    enum class State : std::uint8_t {
        incomplete,  ///< read until there are `size` bytes, not one more: what follows is not of the header
        complete,
        refused,     ///< no such header, or one that breaks its rules or limits
    };
    static constexpr std::size_t kFixedBytes = 16;
    static constexpr std::size_t kMaxBytes = 2048;  ///< with all extensions, which are skipped

    State state = State::refused;
    std::size_t size = 0;             ///< of the whole header, as far as it is known
    std::optional<IpAddress> source;  ///< none: the proxy speaks for itself (LOCAL), or for no IP address
};

/// Judges the first bytes of a connection. Threads: any.
ProxyHeader parse_proxy_header(std::string_view bytes);

}  // namespace fairlead::edge
