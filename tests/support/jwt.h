// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <string>
#include <string_view>

/// Makes connection tokens for tests. Whoever includes it links OpenSSL::Crypto.
namespace fairlead::test {

inline std::string encode_base64url(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    while (!text.empty() && text.back() == '=')
        text.pop_back();
    for (char& c : text) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return text;
}

inline std::string hmac(const EVP_MD* hash, std::string_view secret, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
    unsigned length = 0;
    HMAC(hash, secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(), &length);
    return {reinterpret_cast<const char*>(bytes.data()), length};
}

/// `header.payload.signature` over whatever the first two are.
inline std::string sign_parts(std::string_view header, std::string_view payload, std::string_view secret,
                              const EVP_MD* hash = EVP_sha256()) {
    const std::string text = std::string(header) + '.' + std::string(payload);
    return text + '.' + encode_base64url(hmac(hash, secret, text));
}

inline std::string sign(std::string_view header_json, std::string_view claims_json, std::string_view secret,
                        const EVP_MD* hash = EVP_sha256()) {
    return sign_parts(encode_base64url(header_json), encode_base64url(claims_json), secret, hash);
}

inline std::string sign_hs256(std::string_view claims_json, std::string_view secret) {
    return sign(R"({"alg":"HS256","typ":"JWT"})", claims_json, secret);
}

}  // namespace fairlead::test
