// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace fairlead::auth {

/// Which connection tokens are accepted. A secret is raw bytes, at least as many as its algorithm's hash has
/// (32, 48, 64), and belongs to that algorithm alone. Without any secret no token is accepted.
struct Options {
    std::string hs256_secret;  ///< empty = none
    std::string hs384_secret;
    std::string hs512_secret;
    std::vector<std::string> previous_hs256_secrets;  ///< accepted too, while tokens made with them are about

    std::string audience;                      ///< what `aud` must be or contain; empty = not checked
    std::string issuer;                        ///< what `iss` must be; empty = not checked
    std::chrono::milliseconds leeway{30'000};  ///< how far the clocks of who makes and who checks may differ
    bool require_exp = false;                  ///< whether a token must have an end
    std::size_t max_token_bytes = 4096;        ///< at most 8,192
};

}  // namespace fairlead::auth
