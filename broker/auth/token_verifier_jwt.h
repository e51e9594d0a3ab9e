// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/claim_rules.h"
#include "auth/key.h"
#include "auth/options.h"
#include "core/ports.h"

namespace fairlead::auth {

struct Compact;
struct Genuine;

/// Tokens that are JWTs under configured secrets. The signature is checked before any claim is
/// looked at; the algorithm is the key's, and a header that names another is refused.
///
/// Threads: any.
class TokenVerifierJwt final : public core::TokenVerifier {
public:
    /// Throws std::invalid_argument for a secret that is too short, one that is given to two algorithms, or a
    /// limit above 8,192 bytes.
    explicit TokenVerifierJwt(const Options& options);

    core::TokenResult verify(std::string_view token, base::Wall now) const override;
    core::SubscriptionTokenResult verify_subscription(std::string_view token, base::Wall now) const override;

private:
    void add(std::string name, Algorithm algorithm, const std::string& secret);
    /// The payload of a genuine token and the key that it was signed with, or why it is not genuine.
    Genuine open(std::string_view token) const;
    const Key* signer_of(const Compact& token, std::string_view algorithm) const;

    const std::size_t max_token_bytes_;
    const ClaimRules rules_;
    std::vector<Key> keys_;
};

}  // namespace fairlead::auth
