// SPDX-License-Identifier: Apache-2.0
#pragma once

// Takes the place of websocketpp's own header, whose automaton goes byte by byte (2.7 ns a byte): the guard below keeps
// that one out. Same names, so that websocketpp finds it.
#ifdef UTF8_VALIDATOR_HPP
#error "include edge/utf8_validator.h before any header of websocketpp"
#endif
#define UTF8_VALIDATOR_HPP

#include <cstdint>
#include <cstring>
#include <string>

namespace websocketpp::utf8_validator {

/// Checks UTF-8 that comes in pieces: no overlong forms, no surrogates, nothing above U+10FFFF. A wrong byte is found at
/// once. Threads: one.
class validator {
public:
    bool consume(std::uint8_t byte) {
        if (left_ == 0) return begin(byte);
        if (byte < low_ || byte > high_) return false;
        low_ = 0x80;
        high_ = 0xbf;
        --left_;
        return true;
    }

    template <typename Iterator>
    bool decode(Iterator begin, Iterator end) {
        if (begin == end) return true;
        const char* at = reinterpret_cast<const char*>(&*begin);
        const char* last = at + (end - begin);
        while (at != last) {
            if (left_ == 0) at = skip_ascii(at, last);
            if (at == last) break;
            if (!consume(static_cast<std::uint8_t>(*at++))) return false;
        }
        return true;
    }

    bool complete() const { return left_ == 0; }
    void reset() { left_ = 0; }

private:
    static const char* skip_ascii(const char* at, const char* last) {
        constexpr std::uint64_t kHighBits = 0x8080808080808080U;
        while (last - at >= 8) {
            std::uint64_t word;
            std::memcpy(&word, at, sizeof word);
            if ((word & kHighBits) != 0) break;
            at += 8;
        }
        while (at != last && static_cast<std::uint8_t>(*at) < 0x80) ++at;
        return at;
    }

    // The first byte of a character decides how many follow and in what range the next one is.
    bool begin(std::uint8_t byte) {
        if (byte < 0x80) return true;
        if (byte < 0xc2 || byte > 0xf4) return false;
        left_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        low_ = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
        high_ = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
        return true;
    }

    std::uint8_t left_ = 0;
    std::uint8_t low_ = 0x80;
    std::uint8_t high_ = 0xbf;
};

inline bool validate(const std::string& text) {
    validator check;
    return check.decode(text.begin(), text.end()) && check.complete();
}

}  // namespace websocketpp::utf8_validator
