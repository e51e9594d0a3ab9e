// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "wire/fields.h"
#include "wire/frame.h"
#include "wire/frame_writer.h"
#include "wire/limits.h"

/// What the tests of frames share: comparing them field by field, and making random ones.
namespace fairlead::wire::test {

template <typename T>
bool same(const T& a, const T& b);

template <typename T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
    bool equal = a.size() == b.size();
    for (std::size_t i = 0; equal && i < a.size(); ++i) {
        equal = same(a[i], b[i]);
    }
    return equal;
}

template <typename T>
concept HasFields = requires {
    Fields<T>::kList;
};

template <typename T>
bool same(const T& a, const T& b) {
    if constexpr (HasFields<T>) {
        return std::apply(
            [&](const auto&... field) { return (same(a.*field.member, b.*field.member) && ...); },
            Fields<T>::kList);
    } else {
        return a == b;
    }
}

/// Every alternative of Frame but Unknown, as a list of types.
template <typename Variant>
struct Known;
template <typename... F>
struct Known<std::variant<Unknown, F...>> {
    using Tuple = std::tuple<F...>;
    static constexpr std::size_t kCount = sizeof...(F);
};
using KnownFrames = Known<Frame>::Tuple;

/// Calls `visit(F{})` for each frame type.
template <typename Visit>
void for_each_frame(Visit&& visit) {
    std::apply([&](const auto&... frame) { (visit(frame), ...); }, KnownFrames{});
}

template <typename F>
std::string bytes_of(const F& frame) {
    std::string out;
    write(frame, out);
    return out;
}

inline std::string from_hex(std::string_view hex) {
    std::string out;
    int high = -1;
    for (const char c : hex) {
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit >= 0) {
            out += high >= 0 ? std::string(1, static_cast<char>(high * 16 + digit)) : "";
            high = high >= 0 ? -1 : digit;
        }
    }
    return out;
}

/// Random frames whose texts live as long as this. The values at the edges of each format come often.
class RandomFrames {
public:
    explicit RandomFrames(std::uint32_t seed) : engine_(seed) {}

    template <typename F>
    F make() {
        F frame{};
        fill(frame);
        return frame;
    }

    std::uint64_t number(std::uint64_t below) {
        return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(engine_);
    }

private:
    void fill(bool& value) { value = number(2) == 1; }
    void fill(ReturnReason& value) { value = static_cast<ReturnReason>(1 + number(4)); }
    void fill(Action& value) { value = static_cast<Action>(1 + number(4)); }
    void fill(Milliseconds& value) { value = Milliseconds(integer(0xffffffff)); }
    void fill(std::uint8_t& value) { value = static_cast<std::uint8_t>(integer(0xff)); }
    void fill(std::uint32_t& value) { value = static_cast<std::uint32_t>(integer(0xffffffff)); }
    void fill(std::uint64_t& value) { value = integer(~std::uint64_t{0}); }
    void fill(std::string_view& value) { value = text(); }
    void fill(std::pair<std::string_view, std::string_view>& value) { value = {text(), text()}; }

    template <typename T>
    void fill(std::vector<T>& list) {
        list.resize(number(8) == 0 ? number(40) : number(3));
        for (T& item : list) {
            fill(item);
        }
    }

    template <typename T>
    requires HasFields<T>
    void fill(T& value) {
        std::apply([&](const auto&... field) { (fill(value.*field.member), ...); }, Fields<T>::kList);
    }

    std::uint64_t integer(std::uint64_t most) {
        const std::uint64_t edge = std::uint64_t{1} << number(64);
        const std::uint64_t value = number(3) == 0 ? engine_() : edge - number(2);
        return most == ~std::uint64_t{0} ? value : value % (most + 1);
    }

    std::string_view text() {
        static constexpr std::string_view kPieces[] = {"a",        "orders",       ".",
                                                       "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\xa2"};
        std::string& made = texts_.emplace_back();
        const std::uint64_t longest = number(16) == 0 ? 300 : 12;
        for (std::uint64_t left = number(longest); left > 0; --left) {
            made += kPieces[number(std::size(kPieces))];
        }
        return made;
    }

    std::mt19937_64 engine_;
    std::deque<std::string> texts_;
};

}  // namespace fairlead::wire::test
