// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "support/jwt.h"

namespace fairlead::test {

/// A fresh private key, which signs tokens with RS256, PS256, ES256, ES384 or EdDSA. Whoever includes it
/// links OpenSSL::Crypto. Threads: one.
class SigningKey {
public:
    explicit SigningKey(std::string algorithm, unsigned rsa_bits = 2048)
        : algorithm_(std::move(algorithm)), key_(generate(algorithm_, rsa_bits), &EVP_PKEY_free) {}
    SigningKey(std::string algorithm, EVP_PKEY* key)
        : algorithm_(std::move(algorithm)), key_(key, &EVP_PKEY_free) {}

    const std::string& algorithm() const { return algorithm_; }
    EVP_PKEY* get() const { return key_.get(); }

    std::string public_pem() const {
        return written([&](BIO* bio) { PEM_write_bio_PUBKEY(bio, get()); });
    }
    std::string private_pem() const {
        return written(
            [&](BIO* bio) { PEM_write_bio_PrivateKey(bio, get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }

    /// The public key as a JWK with what `more` adds: `,"kid":"a"`.
    std::string jwk(const std::string& more = {}) const {
        if (algorithm_ == "EdDSA")
            return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + ed25519() + "\"" + more + "}";
        if (algorithm_[0] == 'E') {
            const int bytes = algorithm_ == "ES256" ? 32 : 48;
            return std::string("{\"kty\":\"EC\",\"crv\":\"") + (bytes == 32 ? "P-256" : "P-384") +
                   "\",\"x\":\"" + number(OSSL_PKEY_PARAM_EC_PUB_X, bytes) + "\",\"y\":\"" +
                   number(OSSL_PKEY_PARAM_EC_PUB_Y, bytes) + "\"" + more + "}";
        }
        return "{\"kty\":\"RSA\",\"n\":\"" + number(OSSL_PKEY_PARAM_RSA_N, 0) + "\",\"e\":\"" +
               number(OSSL_PKEY_PARAM_RSA_E, 0) + "\"" + more + "}";
    }

    /// The signature as JWS has it, by the rules of `algorithm`, which may be another than the key's own.
    std::string signature(std::string_view text, const std::string& algorithm) const {
        const std::string made = openssl_signature(text, algorithm);
        return algorithm == "ES256" ? raw(made, 32) : algorithm == "ES384" ? raw(made, 48) : made;
    }
    std::string signature(std::string_view text) const { return signature(text, algorithm_); }

    /// The same as OpenSSL has it: r and s in DER.
    std::string openssl_signature(std::string_view text, const std::string& algorithm) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                              &EVP_MD_CTX_free);
        const EVP_MD* hash = algorithm == "EdDSA"   ? nullptr
                             : algorithm == "ES384" ? EVP_sha384()
                                                    : EVP_sha256();
        EVP_PKEY_CTX* of_key = nullptr;
        require(EVP_DigestSignInit(context.get(), &of_key, hash, nullptr, get()));
        if (algorithm == "PS256") {
            require(EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING));
            require(EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, pss_salt));
        }
        std::string made(1024, '\0');
        std::size_t size = made.size();
        require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size,
                               reinterpret_cast<const unsigned char*>(text.data()), text.size()));
        made.resize(size);
        return made;
    }

    std::string token(std::string_view header_json, std::string_view claims_json) const {
        const std::string text = encode_base64url(header_json) + '.' + encode_base64url(claims_json);
        return text + '.' + encode_base64url(signature(text));
    }
    std::string for_kid(std::string_view claims_json, const std::string& kid = {}) const {
        const std::string more = kid.empty() ? "}" : ",\"kid\":\"" + kid + "\"}";
        return token(std::string_view("{\"alg\":\"" + algorithm_ + "\"" + more), claims_json);
    }

    /// r and s of DER, side by side.
    static std::string raw(const std::string& der, int half) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
        const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> numbers(
            d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())), &ECDSA_SIG_free);
        std::string made(static_cast<std::size_t>(2 * half), '\0');
        auto* out = reinterpret_cast<unsigned char*>(made.data());
        BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), out, half);
        BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), out + half, half);
        return made;
    }

    int pss_salt = RSA_PSS_SALTLEN_DIGEST;

private:
    static void require(int result) {
        if (result != 1) throw std::runtime_error("OpenSSL refuses");
    }

    static EVP_PKEY* generate(const std::string& algorithm, unsigned rsa_bits) {
        if (algorithm == "EdDSA") return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        if (algorithm == "ES256") return EVP_EC_gen("P-256");
        if (algorithm == "ES384") return EVP_EC_gen("P-384");
        return EVP_RSA_gen(rsa_bits);
    }

    template <typename Write>
    static std::string written(Write write) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
        write(memory.get());
        char* text = nullptr;
        const long bytes = BIO_get_mem_data(memory.get(), &text);
        return {text, static_cast<std::size_t>(bytes)};
    }

    std::string number(const char* name, int bytes) const {
        BIGNUM* value = nullptr;
        require(EVP_PKEY_get_bn_param(get(), name, &value));
        std::string made(static_cast<std::size_t>(bytes == 0 ? BN_num_bytes(value) : bytes), '\0');
        BN_bn2binpad(value, reinterpret_cast<unsigned char*>(made.data()), static_cast<int>(made.size()));
        BN_free(value);
        return encode_base64url(made);
    }

    std::string ed25519() const {
        std::string bytes(32, '\0');
        std::size_t size = bytes.size();
        require(EVP_PKEY_get_raw_public_key(get(), reinterpret_cast<unsigned char*>(bytes.data()), &size));
        return encode_base64url(bytes);
    }

    std::string algorithm_;
    std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace fairlead::test
