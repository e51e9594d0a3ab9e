// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/limits.h"

/// What `route_by` of an endpoint says: which part of a request is its key. Requests of one key go to one
/// instance. Threads: any.
namespace fairlead::wire {

struct RouteBy {
    enum class Part : std::uint8_t { none, user, client, segment, header };

    Part part = Part::none;
    std::uint8_t segment = 0;  ///< of the topic, from 0
    std::string header;

    bool operator==(const RouteBy&) const = default;
};

inline constexpr std::size_t kMaxRouteByBytes = 128;  ///< of its text

/// "", "user", "client", "segment:<n>" with n from 0 to 15, or "header:<name>"; nothing for any other text.
std::optional<RouteBy> parse_route_by(std::string_view text);

/// The text that parse_route_by() takes.
std::string to_string(const RouteBy& route_by);

/// A segment of a valid topic; empty if it has not so many.
std::string_view topic_segment(std::string_view topic, std::size_t index) noexcept;

/// Empty for a caller that is nobody.
template <typename Caller>
std::string_view key_of_user(const Caller& caller) noexcept {
    if (!caller.user.empty()) return caller.user;
    return caller.client.empty() ? std::string_view(caller.service) : std::string_view(caller.client);
}

template <typename Caller>
std::string_view key_of_client(const Caller& caller) noexcept {
    return caller.client.empty() ? std::string_view(caller.service) : std::string_view(caller.client);
}

template <typename Pairs>
std::string_view value_of(const Pairs& headers, std::string_view name) noexcept {
    for (const auto& [header, value] : headers) {
        if (header == name) return value;
    }
    return {};
}

/// The key of a request, as a view into it; empty = it has none, as when the segment or header is not there,
/// is empty or longer than kMaxKeyBytes. The user of an anonymous client is its client id; user and client of
/// a service are its name.
template <typename Caller, typename Pairs>
std::string_view route_key(const RouteBy& by, std::string_view topic, const Caller& caller,
                           const Pairs& headers) noexcept {
    std::string_view key;
    switch (by.part) {
        case RouteBy::Part::none:
            break;
        case RouteBy::Part::user:
            key = key_of_user(caller);
            break;
        case RouteBy::Part::client:
            key = key_of_client(caller);
            break;
        case RouteBy::Part::segment:
            key = topic_segment(topic, by.segment);
            break;
        case RouteBy::Part::header:
            key = value_of(headers, by.header);
            break;
    }
    return key.size() <= kMaxKeyBytes ? key : std::string_view();
}

}  // namespace fairlead::wire
