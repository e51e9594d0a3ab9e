// SPDX-License-Identifier: Apache-2.0
#include "wire/topic.h"

#include <algorithm>

namespace fairlead::wire {
namespace {

bool is_segment_char(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_literal(std::string_view segment) noexcept {
    return !segment.empty() && std::all_of(segment.begin(), segment.end(), is_segment_char);
}

/// Cuts at the dots without a look at the segments.
std::optional<Segments> cut(std::string_view name) noexcept {
    if (name.size() > kMaxTopicBytes) {
        return std::nullopt;
    }
    Segments segments;
    for (std::size_t begin = 0;;) {
        if (segments.count == kMaxTopicSegments) {
            return std::nullopt;
        }
        const std::size_t dot = name.find('.', begin);
        segments.items[segments.count++] = name.substr(begin, dot - begin);
        if (dot == std::string_view::npos) {
            return segments;
        }
        begin = dot + 1;
    }
}

bool is_pattern(const Segments& segments) noexcept {
    const std::string_view last = segments.items[segments.count - 1];
    const auto stars = std::count(segments.begin(), segments.end(), "*");
    return static_cast<std::size_t>(stars) <= kMaxPatternStars &&
           (last == ">" || last == "*" || is_literal(last)) &&
           std::all_of(segments.begin(), segments.end() - 1,
                       [](std::string_view segment) { return segment == "*" || is_literal(segment); });
}

}  // namespace

std::optional<Segments> split_topic(std::string_view topic) noexcept {
    std::optional<Segments> segments = cut(topic);
    if (segments && !std::all_of(segments->begin(), segments->end(), is_literal)) {
        segments.reset();
    }
    return segments;
}

std::optional<Segments> split_pattern(std::string_view pattern) noexcept {
    std::optional<Segments> segments = cut(pattern);
    if (segments && !is_pattern(*segments)) {
        segments.reset();
    }
    return segments;
}

bool valid_topic(std::string_view topic) noexcept {
    return split_topic(topic).has_value();
}

bool valid_pattern(std::string_view pattern) noexcept {
    return split_pattern(pattern).has_value();
}

bool is_reserved(std::string_view name) noexcept {
    return name.starts_with('_');
}

bool matches(std::string_view pattern, std::string_view topic) noexcept {
    const std::optional<Segments> wanted = split_pattern(pattern);
    const std::optional<Segments> given = split_topic(topic);
    if (!wanted || !given) {
        return false;
    }
    const bool wild = wanted->items[0] == "*" || wanted->items[0] == ">";
    if (wild && is_reserved(topic)) {
        return false;
    }
    for (std::size_t i = 0; i < wanted->count; ++i) {
        if (i == given->count) {
            return false;
        }
        if (wanted->items[i] == ">") {
            return true;
        }
        if (wanted->items[i] != "*" && wanted->items[i] != given->items[i]) {
            return false;
        }
    }
    return wanted->count == given->count;
}

}  // namespace fairlead::wire
