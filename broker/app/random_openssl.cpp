// SPDX-License-Identifier: Apache-2.0
#include "app/random_openssl.h"

#include <openssl/rand.h>
#include <stdexcept>

namespace fairlead::app {

void RandomOpenssl::fill(std::span<std::byte> bytes) {
    auto* data = reinterpret_cast<unsigned char*>(bytes.data());
    if (RAND_bytes(data, static_cast<int>(bytes.size())) != 1) throw std::runtime_error("no random bytes to be had");
}

}  // namespace fairlead::app
