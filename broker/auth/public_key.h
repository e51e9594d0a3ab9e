// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "auth/algorithm.h"

namespace fairlead::auth {

/// A public key, or why there is none.
struct PublicKey {
    std::shared_ptr<EVP_PKEY> key;
    std::string fault;

    /// `-----BEGIN PUBLIC KEY-----` (SubjectPublicKeyInfo).
    static PublicKey from_pem(const std::string& text);
    /// Big-endian numbers.
    static PublicKey rsa(std::string_view modulus, std::string_view exponent);
    /// `curve` as JWKs call it; coordinates of its full size.
    static PublicKey elliptic(std::string_view curve, std::string_view x, std::string_view y);
    static PublicKey ed25519(std::string_view bytes);
};

/// Why a key cannot be one for the algorithm: another type or curve, an RSA modulus that is not of 2,048 to
/// 4,096 bits, an exponent other than 65537, a point off the curve. Empty = it can. Threads: any.
std::string refuse_public_key(EVP_PKEY& key, Algorithm algorithm);

/// As SubjectPublicKeyInfo in DER. Threads: any.
std::string der_of(EVP_PKEY& key);

}  // namespace fairlead::auth
