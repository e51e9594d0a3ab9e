// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "auth/claim_reader.h"
#include "auth/options.h"
#include "core/claims.h"

namespace fairlead::auth {

/// What the claims of genuine tokens must be like, and what core is told of them.
/// Threads: any.
class ClaimRules {
public:
    explicit ClaimRules(const Options& options)
        : audience_(options.audience),
          issuer_(options.issuer),
          leeway_(options.leeway),
          require_exp_(options.require_exp) {}

    /// `json` is the payload of a token whose signature was found right.
    core::TokenResult check(std::string_view json, base::Wall now) const;
    core::SubscriptionTokenResult check_subscription(std::string_view json, base::Wall now) const;

private:
    /// Checks what both kinds have in common, and sets when what the token gives ends.
    template <typename C>
    core::Verified<C> finish(ClaimReader& reader, const JsonObject& object, base::Wall now, C&& claims) const;
    void check_source(ClaimReader& reader, const JsonObject& object) const;
    bool right_issuer(const JsonObject& object) const;
    bool right_audience(const JsonObject& object) const;

    const std::string audience_;
    const std::string issuer_;
    const std::chrono::milliseconds leeway_;
    const bool require_exp_;
};

}  // namespace fairlead::auth
