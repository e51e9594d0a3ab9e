// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// MessagePack values into a buffer that has room for them, each in its shortest form. A function gives the
/// place after what it wrote. kMax... says how much room one needs at most. Internal to this room.
///
/// Threads: any.
namespace fairlead::wire::pack {

inline constexpr std::size_t kMaxInteger = 9;
inline constexpr std::size_t kMaxHead = 5;  ///< of a str, bin, array or map

inline char* byte(char* at, unsigned value) noexcept {
    *at = static_cast<char>(value);
    return at + 1;
}

/// The lowest `bytes` bytes of `value`, the highest of them first.
inline char* big_endian(char* at, std::uint64_t value, int bytes) noexcept {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        at = byte(at, static_cast<unsigned>(value >> shift & 0xff));
    }
    return at;
}

inline char* nil(char* at) noexcept {
    return byte(at, 0xc0);
}

inline char* boolean(char* at, bool value) noexcept {
    return byte(at, value ? 0xc3 : 0xc2);
}

inline char* integer(char* at, std::uint64_t value) noexcept {
    if (value < 0x80) {
        return byte(at, static_cast<unsigned>(value));
    }
    if (value <= 0xff) {
        return big_endian(byte(at, 0xcc), value, 1);
    }
    if (value <= 0xffff) {
        return big_endian(byte(at, 0xcd), value, 2);
    }
    if (value <= 0xffffffff) {
        return big_endian(byte(at, 0xce), value, 4);
    }
    return big_endian(byte(at, 0xcf), value, 8);
}

inline char* bytes(char* at, std::string_view value) noexcept {
    if (!value.empty()) {
        std::memcpy(at, value.data(), value.size());
    }
    return at + value.size();
}

inline char* str(char* at, std::string_view value) noexcept {
    if (value.size() < 32) {
        at = byte(at, 0xa0 | static_cast<unsigned>(value.size()));
    } else if (value.size() <= 0xff) {
        at = big_endian(byte(at, 0xd9), value.size(), 1);
    } else if (value.size() <= 0xffff) {
        at = big_endian(byte(at, 0xda), value.size(), 2);
    } else {
        at = big_endian(byte(at, 0xdb), value.size(), 4);
    }
    return bytes(at, value);
}

inline char* bin(char* at, std::string_view value) noexcept {
    if (value.size() <= 0xff) {
        at = big_endian(byte(at, 0xc4), value.size(), 1);
    } else if (value.size() <= 0xffff) {
        at = big_endian(byte(at, 0xc5), value.size(), 2);
    } else {
        at = big_endian(byte(at, 0xc6), value.size(), 4);
    }
    return bytes(at, value);
}

inline char* array(char* at, std::size_t items) noexcept {
    if (items < 16) {
        return byte(at, 0x90 | static_cast<unsigned>(items));
    }
    return items <= 0xffff ? big_endian(byte(at, 0xdc), items, 2) : big_endian(byte(at, 0xdd), items, 4);
}

inline char* map(char* at, std::size_t pairs) noexcept {
    if (pairs < 16) {
        return byte(at, 0x80 | static_cast<unsigned>(pairs));
    }
    return pairs <= 0xffff ? big_endian(byte(at, 0xde), pairs, 2) : big_endian(byte(at, 0xdf), pairs, 4);
}

}  // namespace fairlead::wire::pack
