// SPDX-License-Identifier: Apache-2.0
#include "auth/settings.h"

#include <stdexcept>
#include <utility>

#include "auth/jwks.h"
#include "auth/key_public.h"
#include "auth/key_secret.h"
#include "auth/public_key.h"
#include "auth/sha256.h"

namespace fairlead::auth {
namespace {

constexpr std::size_t kHardTokenBytes = 8192;
constexpr std::size_t kMaxKeys = 64;

[[noreturn]] void refuse(const std::string& why) {
    throw std::invalid_argument(why);
}

}  // namespace

std::string SecretNames::name_of(Algorithm algorithm, const std::string& secret) {
    const std::string base(auth::name_of(algorithm));
    const auto [place, added] = names_.try_emplace(base + sha256(secret));
    if (added) {
        const std::size_t count = ++count_[algorithm];
        place->second = count == 1 ? base : base + "-" + std::to_string(count);
    }
    return place->second;
}

Settings::Settings(const Options& options, SecretNames& names)
    : max_token_bytes(options.max_token_bytes), fetches(!options.jwks_url.empty()), rules(options) {
    if (max_token_bytes > kHardTokenBytes) refuse("a token has at most 8192 bytes");
    if (options.keys.size() > kMaxKeys) refuse("there are more than 64 keys");
    for (const KeyOptions& key : options.keys)
        add_key(key);
    add_secret(names, Algorithm::hs256, options.hs256_secret);
    add_secret(names, Algorithm::hs384, options.hs384_secret);
    add_secret(names, Algorithm::hs512, options.hs512_secret);
    for (const std::string& secret : options.previous_hs256_secrets)
        add_secret(names, Algorithm::hs256, secret);
    if (!options.jwks.empty()) add_set(options.jwks);
}

void Settings::add(KeyPtr key) {
    const std::string name = key->name();
    const std::string fault = keys.add(std::move(key));
    if (!fault.empty()) refuse("the key '" + name + "' cannot be used: " + fault);
}

void Settings::add_secret(SecretNames& names, Algorithm algorithm, const std::string& secret) {
    if (secret.empty()) return;
    add(std::make_shared<KeySecret>(KeyName{names.name_of(algorithm, secret), {}}, algorithm, secret));
}

void Settings::add_key(const KeyOptions& options) {
    const auto algorithm = parse_algorithm(options.algorithm);
    const std::string subject = "the key '" + options.name + "': ";
    if (!algorithm) refuse(subject + "'" + options.algorithm + "' is no algorithm");
    KeyName name{options.name, options.kid};
    if (has_secret(*algorithm)) {
        add(std::make_shared<KeySecret>(std::move(name), *algorithm, options.material));
        return;
    }
    PublicKey made = PublicKey::from_pem(options.material);
    if (!made.key) refuse(subject + made.fault);
    const std::string fault = refuse_public_key(*made.key, *algorithm);
    if (!fault.empty()) refuse(subject + fault + ", so it is none for " + options.algorithm);
    add(std::make_shared<KeyPublic>(std::move(name), *algorithm, std::move(made.key)));
}

void Settings::add_set(const std::string& jwks) {
    const Jwks set = Jwks::parse(jwks, "jwks_file");
    if (!set.fault.empty()) refuse("the key set of jwks_file cannot be used: " + set.fault);
    for (const KeyPtr& key : set.keys.all())
        add(key);
}

}  // namespace fairlead::auth
