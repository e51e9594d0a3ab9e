// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "edge/network.h"
#include "edge/origin.h"

namespace fairlead::edge {

/// What a request for an upgrade must look like.
struct HandshakeRules {
    std::string path;
    OriginList origins;
    std::size_t max_header_bytes;
    std::size_t max_header_lines;
    Networks trusted_proxies{};      ///< their X-Forwarded-For is believed
    Networks proxy_protocol_from{};  ///< they begin with a PROXY header, nobody else does
    bool token_in_url = false;
};

/// What became of a request head. `status` 101: it may be upgraded; else the HTTP error to answer with.
/// The views point into the head.
struct Handshake {
    int status = 101;
    std::string_view why;          ///< for people; a constant
    std::string_view key;          ///< Sec-WebSocket-Key
    std::string_view subprotocol;  ///< the one we select; empty = none
    std::string_view token;        ///< of the URL, where the rules allow it
    std::string forwarded_for;     ///< all lines of X-Forwarded-For in order, joined by commas
};

/// Where the head of an HTTP request ends (behind its empty line), or npos while it is not complete.
std::size_t find_head_end(std::string_view bytes) noexcept;

/// Whether an incomplete head can only become wrong: it has a line feed without its carriage return, or a NUL.
bool is_hopeless(std::string_view bytes) noexcept;

/// Judges a complete head, strictly: what two parsers could read differently is refused (bare line feeds, folded
/// lines, NUL, repeated headers that matter, absolute targets, a body). Only version 13 with a 24-character key is
/// upgraded: websocketpp would take older drafts, whose limits it does not keep.
Handshake judge_handshake(std::string_view head, const HandshakeRules& rules);

/// The same request with nothing but what the upgrade needs, for websocketpp to answer.
std::string canonical_request(const Handshake& handshake);

/// A whole HTTP answer that ends the connection.
std::string http_refusal(int status, std::string_view why);

}  // namespace fairlead::edge
