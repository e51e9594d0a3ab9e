// SPDX-License-Identifier: Apache-2.0
#include "auth/key_public.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "auth/public_key.h"
#include "auth/sha256.h"

namespace fairlead::auth {
namespace {

/// DER of two numbers of 48 bytes: their tags, lengths and leading zeros are 8 more.
using DerSignature = std::array<unsigned char, 2 * 48 + 16>;

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::size_t signature_bytes(EVP_PKEY& key, Algorithm algorithm) noexcept {
    switch (algorithm) {
        case Algorithm::es256:
        case Algorithm::es384:
            return 2 * hash_bytes(algorithm);
        case Algorithm::eddsa:
            return 64;
        default:
            return static_cast<std::size_t>(EVP_PKEY_get_size(&key));
    }
}

const EVP_MD* hash_of(Algorithm algorithm) noexcept {
    if (algorithm == Algorithm::eddsa) return nullptr;
    return algorithm == Algorithm::es384 ? EVP_sha384() : EVP_sha256();
}

// Of r and s side by side; nothing is ever left over of the numbers, so each signature has one form.
std::string_view der_of(std::string_view raw, DerSignature& buffer) noexcept {
    const int half = static_cast<int>(raw.size() / 2);
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> numbers(ECDSA_SIG_new(), &ECDSA_SIG_free);
    BIGNUM* r = BN_bin2bn(bytes_of(raw), half, nullptr);
    BIGNUM* s = BN_bin2bn(bytes_of(raw) + half, half, nullptr);
    if (!numbers || r == nullptr || s == nullptr || ECDSA_SIG_set0(numbers.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return {};
    }
    unsigned char* end = buffer.data();
    const int size = i2d_ECDSA_SIG(numbers.get(), nullptr);
    if (size <= 0 || static_cast<std::size_t>(size) > buffer.size()) return {};
    i2d_ECDSA_SIG(numbers.get(), &end);
    return {reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(size)};
}

bool set_padding(EVP_PKEY_CTX* context, Algorithm algorithm) noexcept {
    if (algorithm == Algorithm::rs256) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    if (algorithm != Algorithm::ps256) return true;
    // The salt has the hash's size (RFC 7518, section 3.5), and the mask is made with the same hash.
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

std::shared_ptr<EVP_PKEY> fit(std::shared_ptr<EVP_PKEY> key, Algorithm algorithm) {
    if (!key) throw std::invalid_argument("there is no key");
    const std::string fault = refuse_public_key(*key, algorithm);
    if (fault.empty()) return key;
    throw std::invalid_argument("a key for " + std::string(name_of(algorithm)) + " cannot be used: " + fault);
}

}  // namespace

KeyPublic::KeyPublic(KeyName name, Algorithm algorithm, std::shared_ptr<EVP_PKEY> key)
    : Key(std::move(name), algorithm, sha256(auth::der_of(*fit(key, algorithm)))), key_(std::move(key)) {}

bool KeyPublic::verify(std::string_view text, std::string_view signature) const noexcept {
    if (signature.size() != signature_bytes(*key_, algorithm())) return false;
    DerSignature buffer;
    const bool elliptic = algorithm() == Algorithm::es256 || algorithm() == Algorithm::es384;
    if (elliptic) signature = der_of(signature, buffer);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_PKEY_CTX* of_key = nullptr;
    const bool right =
        !signature.empty() && context &&
        EVP_DigestVerifyInit(context.get(), &of_key, hash_of(algorithm()), nullptr, key_.get()) == 1 &&
        set_padding(of_key, algorithm()) &&
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) ==
            1;
    ERR_clear_error();  // TLS on this thread would take it for its own
    return right;
}

}  // namespace fairlead::auth
