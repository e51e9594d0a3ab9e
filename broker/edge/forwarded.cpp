// SPDX-License-Identifier: Apache-2.0
#include "edge/forwarded.h"

#include <algorithm>

namespace fairlead::edge {
namespace {

std::string_view trimmed(std::string_view text) {
    std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// An address as proxies write it: alone, in brackets, or with a port behind it.
std::optional<IpAddress> parse_item(std::string_view item) {
    if (!item.empty() && item.front() == '[') {
        std::size_t end = item.find(']');
        if (end == std::string_view::npos) return {};
        std::string_view rest = item.substr(end + 1);
        if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return {};
        return parse_ip(item.substr(1, end - 1));
    }
    std::size_t colon = item.find(':');
    bool one_colon = colon != std::string_view::npos && item.find(':', colon + 1) == std::string_view::npos;
    if (!one_colon) return parse_ip(item);
    return is_port(item.substr(colon + 1)) ? parse_ip(item.substr(0, colon)) : std::nullopt;
}

}  // namespace

IpAddress client_behind(const IpAddress& peer, std::string_view forwarded_for, const Networks& trusted) {
    IpAddress client = peer;
    while (!forwarded_for.empty() && trusted.contains(client)) {
        std::size_t comma = forwarded_for.rfind(',');
        std::size_t start = comma == std::string_view::npos ? 0 : comma + 1;
        std::optional<IpAddress> item = parse_item(trimmed(forwarded_for.substr(start)));
        if (!item) break;
        client = *item;
        forwarded_for = forwarded_for.substr(0, comma == std::string_view::npos ? 0 : comma);
    }
    return client;
}

}  // namespace fairlead::edge
