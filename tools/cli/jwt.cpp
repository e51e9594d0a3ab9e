// SPDX-License-Identifier: Apache-2.0
#include "cli/jwt.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace fairlead::cli {
namespace {

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
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

std::string sign_hs256(std::string_view claims, std::string_view secret) {
    const std::string text = base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(claims);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), as_bytes(text), text.size(),
         digest.data(), &size);
    return text + "." + base64url({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace fairlead::cli
