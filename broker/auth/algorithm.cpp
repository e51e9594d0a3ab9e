// SPDX-License-Identifier: Apache-2.0
#include "auth/algorithm.h"

#include <algorithm>

#include "auth/options.h"

namespace fairlead::auth {

std::string_view name_of(Algorithm algorithm) noexcept {
    return kAlgorithms[static_cast<std::size_t>(algorithm)];
}

std::optional<Algorithm> parse_algorithm(std::string_view name) noexcept {
    const auto* found = std::find(kAlgorithms.begin(), kAlgorithms.end(), name);
    if (found == kAlgorithms.end()) return std::nullopt;
    return static_cast<Algorithm>(found - kAlgorithms.begin());
}

bool has_secret(Algorithm algorithm) noexcept {
    return algorithm <= Algorithm::hs512;
}

std::size_t hash_bytes(Algorithm algorithm) noexcept {
    switch (algorithm) {
        case Algorithm::hs256:
        case Algorithm::rs256:
        case Algorithm::ps256:
        case Algorithm::es256:
            return 32;
        case Algorithm::hs384:
        case Algorithm::es384:
            return 48;
        case Algorithm::hs512:
            return 64;
        case Algorithm::eddsa:
            return 0;
    }
    return 0;
}

}  // namespace fairlead::auth
