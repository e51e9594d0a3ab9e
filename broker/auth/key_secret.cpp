// SPDX-License-Identifier: Apache-2.0
#include "auth/key_secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "auth/sha256.h"

namespace fairlead::auth {
namespace {

const EVP_MD* hash_of(Algorithm algorithm) noexcept {
    switch (algorithm) {
        case Algorithm::hs256:
            return EVP_sha256();
        case Algorithm::hs384:
            return EVP_sha384();
        case Algorithm::hs512:
            return EVP_sha512();
        default:
            return nullptr;
    }
}

}  // namespace

KeySecret::KeySecret(KeyName name, Algorithm algorithm, std::string secret)
    : Key(std::move(name), algorithm, sha256("secret:" + secret)), secret_(std::move(secret)) {
    if (!has_secret(algorithm)) throw std::invalid_argument("a secret is given for a public key's algorithm");
    if (secret_.find("-----BEGIN ") != secret_.npos) {
        throw std::invalid_argument("a secret for " + std::string(name_of(algorithm)) + " is a key in PEM");
    }
    const std::size_t least = hash_bytes(algorithm);
    if (secret_.size() >= least) return;
    throw std::invalid_argument("a secret for " + std::string(name_of(algorithm)) + " has " +
                                std::to_string(secret_.size()) + " bytes, at least " + std::to_string(least) +
                                " are needed");
}

bool KeySecret::verify(std::string_view text, std::string_view signature) const noexcept {
    std::array<unsigned char, EVP_MAX_MD_SIZE> expected;
    unsigned bytes = 0;
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    const unsigned char* made = HMAC(hash_of(algorithm()), secret_.data(), static_cast<int>(secret_.size()),
                                     data, text.size(), expected.data(), &bytes);
    if (made == nullptr || bytes != hash_bytes(algorithm()) || signature.size() != bytes) return false;
    return CRYPTO_memcmp(expected.data(), signature.data(), bytes) == 0;
}

}  // namespace fairlead::auth
