// SPDX-License-Identifier: Apache-2.0
#include "auth/token_verifier_jwt.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "auth/compact.h"
#include "auth/header.h"

namespace fairlead::auth {
namespace {

constexpr std::size_t kHardTokenBytes = 8192;

core::TokenResult invalid(std::string why) {
    return {std::nullopt, core::TokenFault::invalid, std::move(why)};
}

}  // namespace

TokenVerifierJwt::TokenVerifierJwt(const Options& options)
    : max_token_bytes_(options.max_token_bytes), rules_(options) {
    if (max_token_bytes_ > kHardTokenBytes) throw std::invalid_argument("a token has at most 8192 bytes");
    add(Algorithm::hs256, options.hs256_secret);
    add(Algorithm::hs384, options.hs384_secret);
    add(Algorithm::hs512, options.hs512_secret);
    for (const std::string& secret : options.previous_hs256_secrets)
        add(Algorithm::hs256, secret);
}

void TokenVerifierJwt::add(Algorithm algorithm, const std::string& secret) {
    if (secret.empty()) return;
    for (const Key& key : keys_) {
        if (key.secret() == secret && key.algorithm() != algorithm) {
            throw std::invalid_argument("one secret is given for two algorithms");
        }
    }
    keys_.emplace_back(algorithm, secret);
}

core::TokenResult TokenVerifierJwt::verify(std::string_view token, base::Wall now) const {
    if (keys_.empty()) return invalid("no key is configured");
    if (token.size() > max_token_bytes_) return invalid("it is too long");
    const auto parts = Compact::split(token);
    if (!parts) return invalid("it is not three parts of base64url");
    std::string fault = fault_of(*parts);
    return fault.empty() ? rules_.check(parts->payload, now) : invalid(std::move(fault));
}

core::SubscriptionTokenResult TokenVerifierJwt::verify_subscription(std::string_view, base::Wall) const {
    return {std::nullopt, core::TokenFault::invalid, "subscription tokens are not accepted by this version"};
}

std::string TokenVerifierJwt::fault_of(const Compact& token) const {
    const Header header = Header::parse(token.header);
    if (!header.fault.empty()) return header.fault;
    const bool known = std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) {
        return name_of(key.algorithm()) == header.algorithm;
    });
    if (!known) return "no key is configured for its algorithm";
    return signed_by_us(token, header.algorithm) ? std::string() : "its signature is wrong";
}

bool TokenVerifierJwt::signed_by_us(const Compact& token, std::string_view algorithm) const {
    return std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) {
        return name_of(key.algorithm()) == algorithm && key.verify(token.signed_text, token.signature);
    });
}

}  // namespace fairlead::auth
