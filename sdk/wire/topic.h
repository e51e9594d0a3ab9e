// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "wire/limits.h"

/// Names of requests and events. A topic is 1 to kMaxTopicSegments segments of [A-Za-z0-9_-], joined by dots,
/// at most kMaxTopicBytes long. A pattern is a topic in which whole segments may be `*` (exactly one segment;
/// at most kMaxPatternStars of them) and the last one may be `>` (one segment or more). Bytes are compared as
/// they are.
///
/// Threads: any.
namespace fairlead::wire {

/// The segments of a name, as views into it.
struct Segments {
    std::array<std::string_view, kMaxTopicSegments> items;
    std::size_t count = 0;

    const std::string_view* begin() const noexcept { return items.data(); }
    const std::string_view* end() const noexcept { return items.data() + count; }
};

/// The parts of a valid topic or pattern; nothing for an invalid one.
std::optional<Segments> split_topic(std::string_view topic) noexcept;
std::optional<Segments> split_pattern(std::string_view pattern) noexcept;

bool valid_topic(std::string_view topic) noexcept;

/// Every valid topic is a valid pattern too.
bool valid_pattern(std::string_view pattern) noexcept;

/// True if the name begins with `_`: it is the broker's, and no wildcard in the first segment of a pattern
/// covers it.
bool is_reserved(std::string_view name) noexcept;

/// True if `pattern` covers `topic`; false if either is invalid.
bool matches(std::string_view pattern, std::string_view topic) noexcept;

}  // namespace fairlead::wire
