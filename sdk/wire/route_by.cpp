// SPDX-License-Identifier: Apache-2.0
#include "wire/route_by.h"

#include <charconv>

namespace fairlead::wire {
namespace {

constexpr std::string_view kSegment = "segment:";
constexpr std::string_view kHeader = "header:";

/// One spelling each, so that equal ones can be compared as texts.
std::optional<std::uint8_t> parse_segment(std::string_view digits) noexcept {
    std::uint8_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    const bool padded = digits.size() > 1 && digits.front() == '0';
    if (!whole || padded || number >= kMaxTopicSegments) return std::nullopt;
    return number;
}

}  // namespace

std::optional<RouteBy> parse_route_by(std::string_view text) {
    using Part = RouteBy::Part;
    if (text.empty()) return RouteBy{};
    if (text == "user") return RouteBy{Part::user, 0, {}};
    if (text == "client") return RouteBy{Part::client, 0, {}};
    if (text.starts_with(kSegment)) {
        const auto number = parse_segment(text.substr(kSegment.size()));
        if (!number) return std::nullopt;
        return RouteBy{Part::segment, *number, {}};
    }
    const bool header = text.starts_with(kHeader) && text.size() > kHeader.size();
    if (!header || text.size() > kMaxRouteByBytes) return std::nullopt;
    return RouteBy{Part::header, 0, std::string(text.substr(kHeader.size()))};
}

std::string to_string(const RouteBy& route_by) {
    switch (route_by.part) {
        case RouteBy::Part::none:
            break;
        case RouteBy::Part::user:
            return "user";
        case RouteBy::Part::client:
            return "client";
        case RouteBy::Part::segment:
            return std::string(kSegment) + std::to_string(route_by.segment);
        case RouteBy::Part::header:
            return std::string(kHeader) + route_by.header;
    }
    return {};
}

std::string_view topic_segment(std::string_view topic, std::size_t index) noexcept {
    for (; index > 0; --index) {
        const std::size_t dot = topic.find('.');
        if (dot == std::string_view::npos) return {};
        topic.remove_prefix(dot + 1);
    }
    return topic.substr(0, topic.find('.'));
}

}  // namespace fairlead::wire
