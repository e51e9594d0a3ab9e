// SPDX-License-Identifier: Apache-2.0
#include "auth/sha256.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace fairlead::auth {

std::string sha256(std::string_view bytes) {
    std::string hash(32, '\0');
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(hash.data()), &size,
                   EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not to be had");
    }
    return hash;
}

}  // namespace fairlead::auth
