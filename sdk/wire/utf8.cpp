// SPDX-License-Identifier: Apache-2.0
#include "wire/utf8.h"

#include <cstring>

namespace fairlead::wire {
namespace {

std::uint32_t byte_at(std::string_view text, std::size_t offset) noexcept {
    return static_cast<unsigned char>(text[offset]);
}

/// The offset of the first byte at or after `offset` that may not be ASCII, eight bytes at a time.
std::size_t skip_ascii(std::string_view text, std::size_t offset) noexcept {
    constexpr std::uint64_t kHighBits = 0x8080808080808080;
    while (offset + sizeof(std::uint64_t) <= text.size()) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + offset, sizeof word);
        if ((word & kHighBits) != 0) {
            break;
        }
        offset += sizeof word;
    }
    while (offset < text.size() && byte_at(text, offset) < 0x80) {
        ++offset;
    }
    return offset;
}

/// What the first byte of a character says about it.
struct Lead {
    std::size_t length;     ///< bytes; 0 = no character begins like this
    std::uint32_t bits;     ///< of the code point
    std::uint32_t minimum;  ///< a smaller code point is an overlong form
};

Lead lead_of(std::uint32_t byte) noexcept {
    if (byte < 0x80) {
        return {1, byte, 0};
    }
    if (byte >= 0xc2 && byte < 0xe0) {
        return {2, byte & 0x1f, 0x80};
    }
    if (byte >= 0xe0 && byte < 0xf0) {
        return {3, byte & 0x0f, 0x800};
    }
    if (byte >= 0xf0 && byte < 0xf5) {
        return {4, byte & 0x07, 0x10000};
    }
    return {0, 0, 0};
}

bool is_scalar(std::uint32_t point, std::uint32_t minimum) noexcept {
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return point >= minimum && point <= 0x10ffff && !surrogate;
}

}  // namespace

std::uint32_t next_code_point(std::string_view text, std::size_t& offset) noexcept {
    if (offset >= text.size()) {
        return kNoCodePoint;
    }
    const Lead lead = lead_of(byte_at(text, offset));
    if (lead.length == 0 || text.size() - offset < lead.length) {
        return kNoCodePoint;
    }
    std::uint32_t point = lead.bits;
    for (std::size_t i = 1; i < lead.length; ++i) {
        const std::uint32_t byte = byte_at(text, offset + i);
        if ((byte & 0xc0) != 0x80) {
            return kNoCodePoint;
        }
        point = point << 6 | (byte & 0x3f);
    }
    if (!is_scalar(point, lead.minimum)) {
        return kNoCodePoint;
    }
    offset += lead.length;
    return point;
}

bool valid_utf8(std::string_view text) noexcept {
    std::size_t offset = skip_ascii(text, 0);
    while (offset < text.size()) {
        if (next_code_point(text, offset) == kNoCodePoint) {
            return false;
        }
        if (offset < text.size() && byte_at(text, offset) < 0x80) {
            offset = skip_ascii(text, offset);
        }
    }
    return true;
}

std::string_view truncate_utf8(std::string_view text, std::size_t bytes) noexcept {
    if (text.size() <= bytes) {
        return text;
    }
    while (bytes > 0 && (byte_at(text, bytes) & 0xc0) == 0x80) {
        --bytes;
    }
    return text.substr(0, bytes);
}

}  // namespace fairlead::wire
