// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <ratio>
#include <type_traits>
#include <utility>

#include "config/table.h"

/// Reads and writes one member of Config as a Value; `Path` are the member pointers from Config to it.
///
/// Threads: one a Config.
namespace fairlead::config {

template <class T>
inline constexpr std::int64_t kStepOf = 1;

template <class Count, std::intmax_t Seconds>
inline constexpr std::int64_t kStepOf<std::chrono::duration<Count, std::ratio<Seconds>>> = Seconds * 1000;

/// Plain members; enumerations have a pair of functions of their own in table.cpp.
template <class T>
Value to_value(const T& member) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string> ||
                  std::is_same_v<T, std::vector<std::string>>) {
        return member;
    } else if constexpr (std::is_arithmetic_v<T>) {
        return static_cast<std::int64_t>(member);
    } else {
        return static_cast<std::int64_t>(std::chrono::milliseconds(member).count());
    }
}

template <class T>
void from_value(T& member, const Value& value) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string> ||
                  std::is_same_v<T, std::vector<std::string>>) {
        member = std::get<T>(value);
    } else if constexpr (std::is_arithmetic_v<T>) {
        member = static_cast<T>(std::get<std::int64_t>(value));
    } else {
        member = std::chrono::duration_cast<T>(std::chrono::milliseconds(std::get<std::int64_t>(value)));
    }
}

template <auto... Path>
struct Field {
    using Type = std::remove_reference_t<decltype((std::declval<Config&>().*....*Path))>;

    static Value get(const Config& config) { return to_value((config.*....*Path)); }
    static void set(Config& config, const Value& value) { from_value((config.*....*Path), value); }
};

}  // namespace fairlead::config
