// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What a peer says that speaks ZMTP by hand.
namespace fairlead::support {

/// The greeting of ZMTP 3.0.
inline std::string zmtp_greeting(std::string_view mechanism) {
    std::string bytes("\xff\0\0\0\0\0\0\0\0\x7f\x03\0", 12);
    bytes += mechanism;
    bytes.resize(64);
    return bytes;
}

/// The head of a frame or command of that many bytes.
inline std::string zmtp_head(char flags, std::uint64_t size) {
    std::string bytes(1, flags);
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>((size >> shift) & 0xff);
    return bytes;
}

}  // namespace fairlead::support
