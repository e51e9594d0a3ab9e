// SPDX-License-Identifier: Apache-2.0
#include "auth/token_verifier_jwt.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "auth/compact.h"
#include "auth/header.h"

namespace fairlead::auth {

using core::TokenFault;

/// What is known of a token before its claims are looked at.
struct Genuine {
    std::string payload;
    KeyPtr key;
    std::string fault;  // not empty: it is not genuine
    TokenFault kind = TokenFault::invalid;
};

namespace {

/// Checking a signature costs up to a tenth of a millisecond, and everybody may ask for it.
constexpr std::size_t kMaxTries = 8;

const base::SystemClock kClock;
base::SilentLog silent_log;

Genuine refused(std::string why, TokenFault kind = TokenFault::invalid) {
    return {{}, nullptr, std::move(why), kind};
}

/// Whether the URL may have a key for the token that we do not know yet. The answer is then "expired", for
/// which client SDKs ask for a new token and come back: "invalid" would be the last word to clients that were
/// only faster than our next fetch after a change of keys.
bool may_come(const Settings& settings, const Keyring& fetched, Algorithm algorithm, const std::string& kid) {
    if (!settings.fetches || has_secret(algorithm)) return false;
    return kid.empty() ? fetched.empty() : !fetched.has(algorithm, kid);
}

std::vector<KeyPtr> candidates(const Settings& settings, const Keyring& fetched, Algorithm algorithm,
                               const std::string& kid) {
    std::vector<KeyPtr> keys = settings.keys.find(algorithm, kid);
    for (KeyPtr& key : fetched.find(algorithm, kid))
        keys.push_back(std::move(key));
    return keys;
}

template <typename Result>
Result refusal(Genuine&& opened) {
    return {std::nullopt, opened.kind, std::move(opened.fault)};
}

template <typename Result>
Result with_key(Result result, const Key& key) {
    if (result.claims) result.claims->key_id = key.name();
    return result;
}

bool same_source(const Options& a, const Options& b) {
    return a.jwks_url == b.jwks_url && a.jwks_ca_file == b.jwks_ca_file &&
           a.jwks_insecure_http == b.jwks_insecure_http && a.jwks_refresh == b.jwks_refresh &&
           a.jwks_max_age == b.jwks_max_age;
}

Options without_url(Options options) {
    options.jwks_url.clear();
    return options;
}

}  // namespace

TokenVerifierJwt::TokenVerifierJwt(const Options& options, Outside outside)
    : outside_(std::move(outside)),
      source_options_(options),
      state_{std::make_shared<Settings>(options, names_), std::make_shared<Keyring>()},
      fetcher_(fetcher_for(options)) {}

TokenVerifierJwt::TokenVerifierJwt(const Options& options)
    : TokenVerifierJwt(without_url(options), Outside{kClock, silent_log, nullptr}) {}

std::unique_ptr<KeyFetcher> TokenVerifierJwt::fetcher_for(const Options& options) {
    if (options.jwks_url.empty()) return nullptr;
    return std::make_unique<KeyFetcher>(options, outside_.clock, outside_.log,
                                        [this](KeyFetcher::News&& news) { take(std::move(news)); });
}

TokenVerifierJwt::State TokenVerifierJwt::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

core::TokenResult TokenVerifierJwt::verify(std::string_view token, base::Wall now) const {
    const State held = state();
    Genuine opened = open(held, token);
    if (!opened.key) return refusal<core::TokenResult>(std::move(opened));
    return with_key(held.settings->rules.check(opened.payload, now), *opened.key);
}

core::SubscriptionTokenResult TokenVerifierJwt::verify_subscription(std::string_view token,
                                                                    base::Wall now) const {
    const State held = state();
    Genuine opened = open(held, token);
    if (!opened.key) return refusal<core::SubscriptionTokenResult>(std::move(opened));
    return with_key(held.settings->rules.check_subscription(opened.payload, now), *opened.key);
}

Genuine TokenVerifierJwt::open(const State& held, std::string_view token) const {
    const Settings& settings = *held.settings;
    if (settings.keys.empty() && !settings.fetches) return refused("no key is configured");
    if (token.size() > settings.max_token_bytes) return refused("it is too long");
    auto parts = Compact::split(token);
    if (!parts) return refused("it is not three parts of base64url");
    const Header header = Header::parse(parts->header);
    if (!header.fault.empty()) return refused(header.fault);
    const auto algorithm = parse_algorithm(header.algorithm);
    if (!algorithm) return refused("no key is configured for its algorithm");
    const std::vector<KeyPtr> keys = candidates(settings, *held.fetched, *algorithm, header.kid);
    if (keys.size() > kMaxTries && !has_secret(*algorithm))
        return refused("it needs a 'kid': many keys may be its own");
    for (const KeyPtr& key : keys) {
        if (key->verify(parts->signed_text, parts->signature)) return {std::move(parts->payload), key, {}};
    }
    if (may_come(settings, *held.fetched, *algorithm, header.kid)) {
        want_key();
        return refused("its key is not known", TokenFault::expired);
    }
    return refused(keys.empty() ? "no key is configured for its algorithm" : "its signature is wrong");
}

void TokenVerifierJwt::want_key() const {
    const std::lock_guard lock(mutex_);
    if (fetcher_) fetcher_->want();
}

void TokenVerifierJwt::take(KeyFetcher::News&& news) {
    Names removed;
    {
        const std::lock_guard lock(mutex_);
        state_.fetched = std::make_shared<Keyring>(news.keys);
        // That keys are too old says nothing about the clients who came with them.
        if (!news.too_old) {
            removed = last_fetched_.missing_in(news.keys);
            last_fetched_ = std::move(news.keys);
        }
    }
    if (!removed.empty() && outside_.keys_removed) outside_.keys_removed(std::move(removed));
}

TokenVerifierJwt::Reloaded TokenVerifierJwt::reload(const Options& options) {
    const std::lock_guard reloading(reloading_);
    if (auto fault = refuse(options); !fault.empty()) return {std::move(fault), {}};
    auto settings = std::make_shared<Settings>(options, names_);
    Reloaded result{{}, state().settings->keys.missing_in(settings->keys)};
    if (!same_source(options, source_options_)) drop_fetched(result.removed);
    const std::lock_guard lock(mutex_);
    state_.settings = std::move(settings);
    if (!fetcher_) fetcher_ = fetcher_for(options);
    source_options_ = options;
    return result;
}

// The old fetcher ends before a new one begins, outside of the lock that its thread may wait for.
void TokenVerifierJwt::drop_fetched(Names& removed) {
    std::unique_ptr<KeyFetcher> old;
    {
        const std::lock_guard lock(mutex_);
        old = std::move(fetcher_);
    }
    old.reset();
    const std::lock_guard lock(mutex_);
    for (std::string& name : last_fetched_.missing_in({}))
        removed.push_back(std::move(name));
    last_fetched_ = {};
    state_.fetched = std::make_shared<Keyring>();
}

std::string TokenVerifierJwt::refuse(const Options& options) {
    try {
        SecretNames names;
        const Settings settings(options, names);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    if (options.jwks_url.empty()) return {};
    const std::string fault = Download::refuse(options.jwks_url, options.jwks_insecure_http);
    return fault.empty() ? fault : "the URL of the keys of tokens " + fault;
}

}  // namespace fairlead::auth
