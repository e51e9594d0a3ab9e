// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "auth/json_object.h"
#include "auth/options.h"
#include "core/claims.h"

namespace fairlead::auth {

/// What the claims of a genuine connection token must be like, and what core is told of them.
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

private:
    core::TokenResult check_times(const JsonObject& object, base::Wall now, core::Claims&& claims) const;
    bool right_issuer(const JsonObject& object) const;
    bool right_audience(const JsonObject& object) const;

    const std::string audience_;
    const std::string issuer_;
    const std::chrono::milliseconds leeway_;
    const bool require_exp_;
};

}  // namespace fairlead::auth
