// SPDX-License-Identifier: Apache-2.0
#include "edge/origin.h"

#include <algorithm>
#include <stdexcept>

namespace fairlead::edge {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view default_port(std::string_view scheme) {
    if (scheme == "http" || scheme == "ws") return "80";
    if (scheme == "https" || scheme == "wss") return "443";
    return "";
}

bool valid_port(std::string_view port) {
    return port == "*" || (!port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), is_digit));
}

// A name or IPv4 address, or an IPv6 address in brackets.
bool valid_host(std::string_view host) {
    if (host.empty()) return false;
    if (host.front() != '[') return std::all_of(host.begin(), host.end(), is_host_char);
    if (host.back() != ']') return false;
    std::string_view inside = host.substr(1, host.size() - 2);
    return !inside.empty() && inside.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
}

}  // namespace

bool OriginList::parse(std::string_view text, Entry& entry) {
    std::string all = lowered(text);
    std::size_t scheme_end = all.find("://");
    if (scheme_end == std::string::npos || scheme_end == 0) return false;
    entry.scheme = all.substr(0, scheme_end);
    std::string authority = all.substr(scheme_end + 3);
    std::size_t search_from = authority.empty() || authority[0] != '[' ? 0 : authority.find(']');
    if (search_from == std::string::npos) return false;
    std::size_t colon = authority.find(':', search_from);
    entry.host = authority.substr(0, colon);
    entry.port = colon == std::string::npos ? std::string(default_port(entry.scheme)) : authority.substr(colon + 1);
    return valid_host(entry.host) && (entry.port.empty() ? colon == std::string::npos : valid_port(entry.port)) &&
           std::all_of(entry.scheme.begin(), entry.scheme.end(), is_host_char);
}

OriginList::OriginList(const std::vector<std::string>& entries) {
    for (const std::string& text : entries) {
        Entry entry;
        if (!parse(text, entry)) throw std::invalid_argument("not an origin (scheme://host[:port]): " + text);
        entries_.push_back(std::move(entry));
    }
}

bool OriginList::allows(std::string_view origin, std::string_view host) const {
    if (origin.empty()) return true;
    Entry asked;
    if (!parse(origin, asked) || asked.port == "*") return false;
    if (entries_.empty()) {
        Entry own;
        return parse(asked.scheme + "://" + std::string(host), own) && own.host == asked.host && own.port == asked.port;
    }
    return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.scheme == asked.scheme && entry.host == asked.host &&
               (entry.port == "*" || entry.port == asked.port);
    });
}

}  // namespace fairlead::edge
