// SPDX-License-Identifier: Apache-2.0
#include "cli/jwt.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>

#include "client/json.h"

namespace fairlead::cli {
namespace {

using client::Error;
using client::Fault;
using client::Result;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Error wrong(std::string text) {
    return {Fault::malformed, std::move(text)};
}

KeyPtr read_key(const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    const auto no_password = [](char*, int, int, void*) { return -1; };
    return {PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr), &EVP_PKEY_free};
}

// The algorithm that a key is usually for; empty = none of ours.
std::string usual_algorithm(EVP_PKEY* key) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            return "RS256";
        case EVP_PKEY_ED25519:
            return "EdDSA";
        case EVP_PKEY_EC:
            break;
        default:
            return {};
    }
    std::array<char, 64> curve{};
    std::size_t size = 0;
    EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &size);
    if (std::string_view(curve.data()) == "prime256v1") return "ES256";
    return std::string_view(curve.data()) == "secp384r1" ? "ES384" : std::string();
}

// The numbers r and s of DER side by side, each of `half` bytes.
std::string raw_signature(const std::string& der, int half) {
    const unsigned char* bytes = as_bytes(der);
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> numbers(
        d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())), &ECDSA_SIG_free);
    std::string raw(static_cast<std::size_t>(2 * half), '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), out, half);
    BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), out + half, half);
    return raw;
}

Result<std::string> signature_of(std::string_view text, const std::string& algorithm, EVP_PKEY* key) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const EVP_MD* hash = algorithm == "EdDSA" ? nullptr : algorithm == "ES384" ? EVP_sha384() : EVP_sha256();
    EVP_PKEY_CTX* of_key = nullptr;
    bool good = EVP_DigestSignInit(context.get(), &of_key, hash, nullptr, key) == 1;
    if (algorithm == "PS256") {
        good = good && EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    std::string made(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
    std::size_t size = made.size();
    good = good && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size,
                                  as_bytes(text), text.size()) == 1;
    if (!good) return wrong("the key does not sign with " + algorithm);
    made.resize(size);
    if (algorithm == "ES256") return raw_signature(made, 32);
    return algorithm == "ES384" ? raw_signature(made, 48) : made;
}

Result<std::string> hmac_of(std::string_view text, const std::string& algorithm, const std::string& secret) {
    const bool known = algorithm == "HS256" || algorithm == "HS384" || algorithm == "HS512";
    if (!known)
        return wrong("a secret signs with HS256, HS384 or HS512, not with " + algorithm +
                     "; --key-file names a key");
    const EVP_MD* hash = algorithm == "HS256"   ? EVP_sha256()
                         : algorithm == "HS384" ? EVP_sha384()
                                                : EVP_sha512();
    const auto least = static_cast<std::size_t>(EVP_MD_get_size(hash));
    if (secret.size() < least) {
        return wrong("the secret has less than " + std::to_string(least) +
                     " bytes; the broker refuses it too");
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(hash, secret.data(), static_cast<int>(secret.size()), as_bytes(text), text.size(), digest.data(),
         &size);
    return std::string(reinterpret_cast<const char*>(digest.data()), size);
}

std::string signed_text(const std::string& algorithm, const std::string& kid, std::string_view claims) {
    std::string header = R"({"alg":")" + algorithm + R"(","typ":"JWT")";
    if (!kid.empty()) header += ",\"kid\":" + client::quoted(kid);
    return base64url(header + "}") + "." + base64url(claims);
}

}  // namespace

std::string base64url(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a zero byte
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), as_bytes(bytes),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    while (!out.empty() && out.back() == '=')
        out.pop_back();
    for (char& c : out) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return out;
}

Result<std::string> Signer::sign(std::string_view claims) const {
    if (private_key.empty()) {
        const std::string text = signed_text(algorithm, kid, claims);
        const auto made = hmac_of(text, algorithm, secret);
        if (!made) return made.error();
        return text + "." + base64url(*made);
    }
    const KeyPtr key = read_key(private_key);
    if (!key) return wrong("it is no private key in PEM without a password");
    const std::string usual = usual_algorithm(key.get());
    const std::string chosen = algorithm.empty() ? usual : algorithm;
    if (usual.empty()) return wrong("the key is of a type that tokens are not signed with");
    if (chosen != usual && !(usual == "RS256" && chosen == "PS256")) {
        return wrong("the key is for " + usual + ", not for " + chosen);
    }
    const std::string text = signed_text(chosen, kid, claims);
    const auto made = signature_of(text, chosen, key.get());
    if (!made) return made.error();
    return text + "." + base64url(*made);
}

}  // namespace fairlead::cli
