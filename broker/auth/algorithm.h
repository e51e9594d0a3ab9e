// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fairlead::auth {

/// How tokens may be signed; in the order of kAlgorithms.
enum class Algorithm : std::uint8_t { hs256, hs384, hs512, rs256, ps256, es256, es384, eddsa };

/// As the header of a token spells it. Threads: any.
std::string_view name_of(Algorithm algorithm) noexcept;

/// Exactly that spelling. Threads: any.
std::optional<Algorithm> parse_algorithm(std::string_view name) noexcept;

/// Whether its keys are secrets that signer and broker share. Threads: any.
bool has_secret(Algorithm algorithm) noexcept;

/// Bytes of the hash that it signs; 0 for EdDSA, which takes the text itself. Threads: any.
std::size_t hash_bytes(Algorithm algorithm) noexcept;

}  // namespace fairlead::auth
