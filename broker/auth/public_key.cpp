// SPDX-License-Identifier: Apache-2.0
#include "auth/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>

namespace fairlead::auth {
namespace {

template <typename T, void (*Free)(T*)>
struct Freed {
    void operator()(T* object) const { Free(object); }
};
template <typename T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, Free>>;

void free_bio(BIO* bio) {
    BIO_free(bio);
}

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 4096;
constexpr BN_ULONG kRsaExponent = 65'537;

struct Curve {
    std::string_view jwk;
    const char* openssl;
    std::size_t bytes;  // of a coordinate
};
constexpr std::array<Curve, 2> kCurves{{{"P-256", "prime256v1", 32}, {"P-384", "secp384r1", 48}}};

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// What OpenSSL noted on the way would else be found by whoever asks for errors next on this thread.
PublicKey made(EVP_PKEY* key, const char* fault) {
    ERR_clear_error();
    if (key == nullptr) return {nullptr, fault};
    return {std::shared_ptr<EVP_PKEY>(key, &EVP_PKEY_free), {}};
}

EVP_PKEY* build(const char* type, OSSL_PARAM_BLD* builder) {
    const Owned<OSSL_PARAM, OSSL_PARAM_free> params(OSSL_PARAM_BLD_to_param(builder));
    const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        return nullptr;
    }
    return key;
}

bool is_on_curve(EVP_PKEY& key) {
    const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new(&key, nullptr));
    const bool good = context && EVP_PKEY_public_check(context.get()) == 1;
    ERR_clear_error();
    return good;
}

std::string refuse_rsa(EVP_PKEY& key) {
    if (EVP_PKEY_get_base_id(&key) != EVP_PKEY_RSA) return "it is no RSA key";
    const int bits = EVP_PKEY_get_bits(&key);
    if (bits < kMinRsaBits || bits > kMaxRsaBits) {
        return "its modulus has " + std::to_string(bits) + " bits; 2048 to 4096 are allowed";
    }
    BIGNUM* exponent = nullptr;
    EVP_PKEY_get_bn_param(&key, OSSL_PKEY_PARAM_RSA_E, &exponent);
    const Owned<BIGNUM, BN_free> owned(exponent);
    if (!owned || BN_is_word(owned.get(), kRsaExponent) != 1) return "its exponent is not 65537";
    return is_on_curve(key) ? std::string() : "it is no valid RSA key";
}

std::string refuse_elliptic(EVP_PKEY& key, const Curve& curve) {
    if (EVP_PKEY_get_base_id(&key) != EVP_PKEY_EC) return "it is no elliptic curve key";
    std::array<char, 64> name{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(&key, name.data(), name.size(), &size) != 1 ||
        curve.openssl != std::string(name.data())) {
        return "its curve is not " + std::string(curve.jwk);
    }
    return is_on_curve(key) ? std::string() : "its point is not on the curve";
}

}  // namespace

PublicKey PublicKey::from_pem(const std::string& text) {
    if (text.find("PRIVATE KEY-----") != text.npos) {
        return {nullptr, "it is a private key, which only the signer should have; write its public key"};
    }
    const Owned<BIO, free_bio> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    // Without a password callback OpenSSL would ask at the terminal.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    EVP_PKEY* key = bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr) : nullptr;
    return made(key, "it is no public key in PEM, which begins with -----BEGIN PUBLIC KEY-----");
}

PublicKey PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
    constexpr const char* kFault = "it is no RSA key";
    if (modulus.size() > kMaxRsaBits / 8 + 1 || exponent.size() > 8) return {nullptr, kFault};
    const Owned<BIGNUM, BN_free> n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr));
    const Owned<BIGNUM, BN_free> e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr));
    const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
    if (!n || !e || !builder || BN_is_zero(n.get()) ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
        return {nullptr, kFault};
    }
    return made(build("RSA", builder.get()), kFault);
}

PublicKey PublicKey::elliptic(std::string_view curve_name, std::string_view x, std::string_view y) {
    const Curve& curve = curve_name == kCurves[0].jwk ? kCurves[0] : kCurves[1];
    if (curve_name != curve.jwk) return {nullptr, "its curve is neither P-256 nor P-384"};
    if (x.size() != curve.bytes || y.size() != curve.bytes)
        return {nullptr, "its coordinates have a wrong size"};
    const std::string point = '\4' + std::string(x) + std::string(y);
    const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.openssl, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) != 1) {
        return {nullptr, "it is no elliptic curve key"};
    }
    return made(build("EC", builder.get()), "its point is not on the curve");
}

PublicKey PublicKey::ed25519(std::string_view bytes) {
    return made(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size()),
                "it is no Ed25519 key");
}

std::string refuse_public_key(EVP_PKEY& key, Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rs256:
        case Algorithm::ps256:
            return refuse_rsa(key);
        case Algorithm::es256:
            return refuse_elliptic(key, kCurves[0]);
        case Algorithm::es384:
            return refuse_elliptic(key, kCurves[1]);
        case Algorithm::eddsa:
            return EVP_PKEY_get_base_id(&key) == EVP_PKEY_ED25519 ? std::string() : "it is no Ed25519 key";
        default:
            return "it is a public key, and the algorithm needs a secret";
    }
}

std::string der_of(EVP_PKEY& key) {
    unsigned char* bytes = nullptr;
    const int size = i2d_PUBKEY(&key, &bytes);
    if (size <= 0) return {};
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}

}  // namespace fairlead::auth
