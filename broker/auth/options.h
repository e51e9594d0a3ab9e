// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::auth {

/// Every algorithm that a key can be for, as files and tokens spell it.
inline constexpr std::array<std::string_view, 8> kAlgorithms{"HS256", "HS384", "HS512", "RS256",
                                                             "PS256", "ES256", "ES384", "EdDSA"};

/// A key and the one algorithm that it is for.
struct KeyOptions {
    std::string name;       ///< unique; what logs call it, and who revokes
    std::string kid;        ///< of its tokens' headers; empty = tokens with any `kid` are tried with it
    std::string algorithm;  ///< one of kAlgorithms
    std::string material;   ///< a secret's bytes, or a public key as PEM text
};

/// Which tokens are accepted. A secret is raw bytes, at least as many as its algorithm's hash has (32, 48,
/// 64), and belongs to that algorithm alone. Without any key no token is accepted.
struct Options {
    std::string hs256_secret;  ///< empty = none
    std::string hs384_secret;
    std::string hs512_secret;
    std::vector<std::string> previous_hs256_secrets;  ///< accepted too, while tokens made with them are about

    std::vector<KeyOptions> keys;
    std::string jwks;          ///< text of a JSON Web Key Set with public keys; empty = none
    std::string jwks_url;      ///< where to fetch another one; empty = none
    std::string jwks_ca_file;  ///< PEM with the authorities that may vouch for it; empty = the system's
    bool jwks_insecure_http = false;  ///< whether it may be fetched without TLS beyond loopback
    bool jwks_insecure_http_confirmed = false;  ///< also while clients come from beyond loopback
    std::chrono::milliseconds jwks_refresh{300'000};  ///< at least 30 s
    std::chrono::milliseconds jwks_max_age{
        86'400'000};  ///< how long keys are used that cannot be fetched again

    std::string audience;                      ///< what `aud` must be or contain; empty = not checked
    std::string issuer;                        ///< what `iss` must be; empty = not checked
    std::chrono::milliseconds leeway{30'000};  ///< how far the clocks of who makes and who checks may differ
    bool require_exp = false;                  ///< whether a token must have an end
    std::size_t max_token_bytes = 4096;        ///< at most 8,192
};

}  // namespace fairlead::auth
