// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace fairlead::core {

/// SipHash-2-4 under a secret key, so that names that peers choose cannot be made to collide.
/// Threads: any.
class Hash {
public:
    constexpr Hash(std::uint64_t key0, std::uint64_t key1) noexcept : key0_(key0), key1_(key1) {}

    std::uint64_t operator()(std::string_view bytes) const noexcept;

private:
    std::uint64_t key0_;
    std::uint64_t key1_;
};

}  // namespace fairlead::core
