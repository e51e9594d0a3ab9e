// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead::auth {

enum class Algorithm : std::uint8_t { hs256, hs384, hs512 };

/// As the header of a token spells it.
std::string_view name_of(Algorithm algorithm) noexcept;

/// A secret and the one algorithm that it is for.
/// Threads: any.
class Key {
public:
    /// Throws std::invalid_argument for a secret shorter than the algorithm's hash.
    Key(std::string name, Algorithm algorithm, std::string secret);

    const std::string& name() const noexcept { return name_; }    Algorithm algorithm() const noexcept { return algorithm_; }
    const std::string& secret() const noexcept { return secret_; }

    /// Whether `signature` is that of `text`. Takes the same time whichever byte differs.
    bool verify(std::string_view text, std::string_view signature) const noexcept;

private:
    std::string name_;
    Algorithm algorithm_;
    std::string secret_;
};

}  // namespace fairlead::auth
