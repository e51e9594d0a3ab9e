// SPDX-License-Identifier: Apache-2.0
#include "auth/token_verifier_jwt.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "auth/compact.h"
#include "auth/header.h"

namespace fairlead::auth {

/// What is known of a token before its claims are looked at.
struct Genuine {
    std::string payload;
    const Key* key = nullptr;
    std::string fault;  // not empty: it is not genuine
};

namespace {

constexpr std::size_t kHardTokenBytes = 8192;

Genuine refused(std::string why) {
    return {{}, nullptr, std::move(why)};
}

template <typename Result>
Result invalid(std::string why) {
    return {std::nullopt, core::TokenFault::invalid, std::move(why)};
}

template <typename Result>
Result with_key(Result result, const Key& key) {
    if (result.claims) result.claims->key_id = key.name();
    return result;
}

}  // namespace

TokenVerifierJwt::TokenVerifierJwt(const Options& options)
    : max_token_bytes_(options.max_token_bytes), rules_(options) {
    if (max_token_bytes_ > kHardTokenBytes) throw std::invalid_argument("a token has at most 8192 bytes");
    add("hs256", Algorithm::hs256, options.hs256_secret);
    add("hs384", Algorithm::hs384, options.hs384_secret);
    add("hs512", Algorithm::hs512, options.hs512_secret);
    for (const std::string& secret : options.previous_hs256_secrets)
        add("previous_hs256", Algorithm::hs256, secret);
}

void TokenVerifierJwt::add(std::string name, Algorithm algorithm, const std::string& secret) {
    if (secret.empty()) return;
    for (const Key& key : keys_) {
        if (key.secret() == secret && key.algorithm() != algorithm) {
            throw std::invalid_argument("one secret is given for two algorithms");
        }
    }
    keys_.emplace_back(std::move(name), algorithm, secret);
}

core::TokenResult TokenVerifierJwt::verify(std::string_view token, base::Wall now) const {
    Genuine opened = open(token);
    if (opened.key == nullptr) return invalid<core::TokenResult>(std::move(opened.fault));
    return with_key(rules_.check(opened.payload, now), *opened.key);
}

core::SubscriptionTokenResult TokenVerifierJwt::verify_subscription(std::string_view token,
                                                                    base::Wall now) const {
    Genuine opened = open(token);
    if (opened.key == nullptr) return invalid<core::SubscriptionTokenResult>(std::move(opened.fault));
    return with_key(rules_.check_subscription(opened.payload, now), *opened.key);
}

Genuine TokenVerifierJwt::open(std::string_view token) const {
    if (keys_.empty()) return refused("no key is configured");
    if (token.size() > max_token_bytes_) return refused("it is too long");
    auto parts = Compact::split(token);
    if (!parts) return refused("it is not three parts of base64url");
    const Header header = Header::parse(parts->header);
    if (!header.fault.empty()) return refused(header.fault);
    const bool known = std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) {
        return name_of(key.algorithm()) == header.algorithm;
    });
    if (!known) return refused("no key is configured for its algorithm");
    const Key* key = signer_of(*parts, header.algorithm);
    if (key == nullptr) return refused("its signature is wrong");
    return {std::move(parts->payload), key, {}};
}

const Key* TokenVerifierJwt::signer_of(const Compact& token, std::string_view algorithm) const {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) {
        return name_of(key.algorithm()) == algorithm && key.verify(token.signed_text, token.signature);
    });
    return found == keys_.end() ? nullptr : &*found;
}

}  // namespace fairlead::auth
