// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>

#include <memory>

#include "auth/key.h"

namespace fairlead::auth {

/// The public half of a signer's key: RS256, PS256, ES256, ES384, EdDSA (Ed25519).
/// Threads: any.
class KeyPublic final : public Key {
public:
    /// Throws std::invalid_argument for a key that refuse_public_key() refuses.
    KeyPublic(KeyName name, Algorithm algorithm, std::shared_ptr<EVP_PKEY> key);

    /// Signatures have exactly the size that the algorithm gives them.
    bool verify(std::string_view text, std::string_view signature) const noexcept override;

private:
    const std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace fairlead::auth
