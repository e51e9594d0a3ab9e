// SPDX-License-Identifier: Apache-2.0
#include "edge/json/text.h"

namespace fairlead::edge::json {
namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

char* put(char* out, unsigned value) noexcept {
    *out = static_cast<char>(static_cast<unsigned char>(value));
    return out + 1;
}

char* put_utf8(char* out, unsigned point) noexcept {
    if (point < 0x80) return put(out, point);
    if (point < 0x800) {
        out = put(out, 0xC0 | (point >> 6));
    } else {
        if (point < 0x10000) {
            out = put(out, 0xE0 | (point >> 12));
        } else {
            out = put(out, 0xF0 | (point >> 18));
            out = put(out, 0x80 | ((point >> 12) & 0x3F));
        }
        out = put(out, 0x80 | ((point >> 6) & 0x3F));
    }
    return put(out, 0x80 | (point & 0x3F));
}

bool is_low_surrogate(int unit) noexcept {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/// Reads the four digits at `at` and, for a pair, the second escape as well.
unsigned code_point(const char*& at, const char* end) noexcept {
    constexpr unsigned kReplacement = 0xFFFD;
    const int unit = hex_unit(at);
    at += 4;
    if (unit < 0xD800 || unit > 0xDFFF) return static_cast<unsigned>(unit);
    if (unit > 0xDBFF || end - at < 6 || at[0] != '\\' || at[1] != 'u') return kReplacement;
    const int low = hex_unit(at + 2);
    if (!is_low_surrogate(low)) return kReplacement;
    at += 6;
    return 0x10000U + (static_cast<unsigned>(unit - 0xD800) << 10) + static_cast<unsigned>(low - 0xDC00);
}

char short_escape(char c) noexcept {
    switch (c) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return c;  // quote, backslash, slash
    }
}

}  // namespace

int hex_unit(const char* digits) noexcept {
    int unit = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hex_digit(digits[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

char* unescape(std::string_view text, char* out) noexcept {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        const auto* const slash =
            static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
        const char* const stop = slash == nullptr ? end : slash;
        const auto plain = static_cast<std::size_t>(stop - at);
        std::memcpy(out, at, plain);
        out += plain;
        at = stop;
        if (slash == nullptr) break;
        const char kind = at[1];
        at += 2;
        out = kind == 'u' ? put_utf8(out, code_point(at, end))
                          : put(out, static_cast<unsigned char>(short_escape(kind)));
    }
    return out;
}

}  // namespace fairlead::edge::json
