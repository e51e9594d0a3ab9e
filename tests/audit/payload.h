// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace fairlead::audit {

// Members of the payload of a publication that is audited.
constexpr const char* kPublisherMember = "p";
constexpr const char* kSeqMember = "s";
constexpr const char* kFillingMember = "f";

/// What publisher and subscriber make of a publication, each by itself: a payload that was altered, or that
/// came in another channel, has another one (FNV-1a).
inline std::uint32_t digest_of(std::string_view channel, std::uint32_t publisher, std::uint32_t seq,
                               std::string_view filling) {
    std::uint32_t hash = 2166136261U;
    const auto mix = [&](std::uint32_t byte) { hash = (hash ^ byte) * 16777619U; };
    for (const char each : channel)
        mix(static_cast<unsigned char>(each));
    for (const std::uint32_t number : {publisher, seq}) {
        for (unsigned shift = 0; shift < 32; shift += 8)
            mix((number >> shift) & 0xFF);
    }
    for (const char each : filling)
        mix(static_cast<unsigned char>(each));
    return hash;
}

}  // namespace fairlead::audit
