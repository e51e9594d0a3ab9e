// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "auth/key.h"

namespace fairlead::auth {

/// A secret that signer and broker share: HS256, HS384, HS512.
/// Threads: any.
class KeySecret final : public Key {
public:
    /// Throws std::invalid_argument for a secret shorter than the algorithm's hash, and for a key in PEM,
    /// whose text may be known to everybody.
    KeySecret(KeyName name, Algorithm algorithm, std::string secret);

    /// Takes the same time whichever byte differs.
    bool verify(std::string_view text, std::string_view signature) const noexcept override;

private:
    const std::string secret_;
};

}  // namespace fairlead::auth
