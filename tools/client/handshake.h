// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/result.h"
#include "client/url.h"

namespace fairlead::client {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What an opening handshake asks for (RFC 6455 section 4.1).
struct HandshakeRequest {
    std::string key;                        // base64 of 16 bytes; see new_key()
    std::string origin;                     // empty = no Origin header, as native clients
    std::vector<std::string> subprotocols;  // in order of preference
    Headers headers;                        // further ones, as they are
};

/// A fresh random Sec-WebSocket-Key.
std::string new_key();

/// The Sec-WebSocket-Accept that answers `key`.
std::string accept_of(std::string_view key);

/// The bytes of the request.
std::string encode_request(const Url& url, const HandshakeRequest& request);

/// An HTTP answer without its body.
struct HttpAnswer {
    int status = 0;
    std::string reason;
    Headers headers;
    std::size_t head_bytes = 0;  // where the body begins

    /// The value of the first header of that name in any case; empty when absent.
    std::string_view header(std::string_view name) const;
};

/// Reads an HTTP/1.x answer's head out of `bytes`, which hold at least the blank line.
Result<HttpAnswer> parse_answer(std::string_view bytes);

/// Checks the answer against what was asked and gives the chosen subprotocol, empty = none.
Result<std::string> check_answer(const HttpAnswer& answer, const HandshakeRequest& request);

}  // namespace fairlead::client
