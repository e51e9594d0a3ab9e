// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/result.h"

namespace fairlead::client {

/// A WebSocket address: `ws://host[:port][/path][?query]`, with `wss://` in TLS. An IPv6 host stands in brackets.
struct Url {
    std::string host = "127.0.0.1";  // without brackets
    std::uint16_t port = 80;   // 443 in TLS
    bool tls = false;
    std::string target = "/";  // path and query, as they go into the request line

    /// As the Host header wants it.
    std::string authority() const;
};

/// Says what is wrong with an address that it refuses.
Result<Url> parse_url(std::string_view text);

}  // namespace fairlead::client
