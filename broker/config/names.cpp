// SPDX-License-Identifier: Apache-2.0
#include "config/names.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "config/address.h"
#include "config/problem.h"
#include "wire/channel.h"
#include "wire/limits.h"
#include "wire/topic.h"

namespace fairlead::config {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

bool only(std::string_view text, std::string_view letters) {
    return text.find_first_not_of(letters) == std::string_view::npos;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

bool valid_scheme(std::string_view scheme) {
    const auto all = std::string(kLetters) + std::string(kDigits) + ".-";
    return !scheme.empty() && only(scheme.substr(0, 1), kLetters) && only(scheme, all);
}

bool valid_host(std::string_view host) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        return parse_address(std::string(host) + ":0").value.has_value();
    }
    return !host.empty() && host.size() <= 253 &&
           only(host, std::string(kLetters) + std::string(kDigits) + ".-_");
}

bool valid_port(std::string_view port) {
    if (port == "*") return true;
    return !port.empty() && port.size() <= 5 && only(port, kDigits) && port.front() != '0' &&
           std::stoul(std::string(port)) <= 65535;
}

struct Origin {
    std::string_view scheme, host, port;
    bool has_port;
};

Origin split_origin(std::string_view text, std::size_t scheme_end) {
    const auto rest = text.substr(scheme_end + 3);
    const auto colon = rest.rfind(':');
    const auto bracket = rest.rfind(']');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon);
    const auto host = has_port ? rest.substr(0, colon) : rest;
    return {text.substr(0, scheme_end), host, has_port ? rest.substr(colon + 1) : std::string_view{},
            has_port};
}

std::string refuse_parts(std::string_view text, const Origin& origin) {
    if (origin.host.find('*') != std::string_view::npos) {
        return in_quotes(text) + " has a wildcard for a host; write each host, only the port may be *";
    }
    if (!valid_scheme(origin.scheme) || !valid_host(origin.host)) {
        return in_quotes(text) + " is not an origin; write scheme://host or scheme://host:port";
    }
    if (origin.has_port && !valid_port(origin.port)) {
        return in_quotes(text) + " has a bad port; write 1 to 65535 or *";
    }
    return {};
}

// The bytes of a numeric address, 4 or 16; none if it is none.
std::size_t numeric_address(const std::string& text, std::array<std::uint8_t, 16>& bytes) {
    if (text.find('\0') != std::string::npos) return 0;
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return 4;
    return inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1 ? 16 : 0;
}

bool zero_behind(const std::array<std::uint8_t, 16>& bytes, std::size_t size, unsigned prefix) {
    for (std::size_t i = prefix; i < size * 8; ++i) {
        if ((bytes[i / 8] >> (7 - i % 8) & 1) != 0) return false;
    }
    return true;
}

}  // namespace

std::string refuse_address(std::string_view text) {
    return parse_address(text).why;
}

std::string refuse_backplane_address(std::string_view text) {
    return parse_backplane_address(text).why;
}

std::string refuse_path(std::string_view text) {
    constexpr std::size_t kMaxBytes = 255;
    const bool clean = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (text.empty() || text.front() != '/')
        return in_quotes(text) + " does not begin with /; write such as /connection/websocket";
    if (text.find_first_of("?#") != std::string_view::npos)
        return in_quotes(text) + " has a query or fragment; write the path alone";
    if (!clean) return in_quotes(text) + " has a blank or a letter outside ASCII; write it percent-encoded";
    if (text.size() > kMaxBytes) return "the path is longer than 255 bytes; write a shorter one";
    return {};
}

std::string refuse_file(std::string_view text) {
    return text.empty() ? "an empty path names no file; leave it out" : std::string{};
}

std::string refuse_url(std::string_view text) {
    if (text.empty()) return {};
    if (text.substr(0, 8) != "https://" && text.substr(0, 7) != "http://") {
        return in_quotes(text) + " does not begin with https://";
    }
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!printable) return "has white space, or a character that URLs write with %";
    if (text.find('@') != text.npos) return "has a user name or a password in it; the set of public keys needs none";
    return {};
}

std::string refuse_origin(std::string_view text) {
    if (text == "*") return "\"*\" would let in every page of the web; write the origins of your pages";
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) {
        return in_quotes(text) + " has no scheme; write such as " + in_quotes("https://" + std::string(text));
    }
    const auto path = text.find('/', scheme_end + 3);
    if (path != std::string_view::npos) {
        return in_quotes(text) + " has a path; write " + in_quotes(text.substr(0, path));
    }
    const auto all_lower = lower(text);
    return refuse_parts(text, split_origin(all_lower, scheme_end));
}

std::string refuse_network(std::string_view text) {
    const auto slash = text.find('/');
    std::array<std::uint8_t, 16> bytes{};
    const auto size = numeric_address(std::string(text.substr(0, slash)), bytes);
    if (size == 0) return in_quotes(text) + " is not an address; write such as 192.0.2.1 or 10.0.0.0/8";
    if (slash == std::string_view::npos) return {};
    const auto digits = text.substr(slash + 1);
    const bool canonical = digits.size() == 1 || (digits.size() <= 3 && !digits.empty() && digits.front() != '0');
    if (!canonical || !only(digits, kDigits) || std::stoul(std::string(digits)) > size * 8) {
        return in_quotes(text) + " has a bad prefix length; write 0 to " + std::to_string(size * 8);
    }
    if (!zero_behind(bytes, size, static_cast<unsigned>(std::stoul(std::string(digits))))) {
        return in_quotes(text) + " has bits set behind its prefix; write the network's first address";
    }
    return {};
}

bool is_wide_network(std::string_view text) {
    constexpr unsigned kWidestV4 = 8;
    constexpr unsigned kWidestV6 = 7;
    constexpr unsigned kMapped = 96;  // ::ffff:0:0/96 is all of IPv4
    const auto slash = text.find('/');
    in6_addr address{};
    const std::string host(text.substr(0, slash));
    if (slash == std::string_view::npos || !refuse_network(text).empty()) return false;
    const auto bits = static_cast<unsigned>(std::stoul(std::string(text.substr(slash + 1))));
    if (inet_pton(AF_INET6, host.c_str(), &address) != 1) return bits < kWidestV4;
    return IN6_IS_ADDR_V4MAPPED(&address) ? bits < kMapped + kWidestV4 : bits < kWidestV6;
}

bool names_everything(std::string_view pattern) {
    return !pattern.empty() && pattern.find_first_not_of("*>.") == std::string_view::npos;
}

std::string refuse_pattern(std::string_view text) {
    if (text.empty()) return "an empty pattern grants nothing; leave it out";
    if (wire::is_reserved(text))
        return in_quotes(text) + " begins with _, which is reserved; write another topic";
    if (wire::valid_pattern(text)) return {};
    return in_quotes(text) +
           " is not a topic or pattern; write segments of A-Z a-z 0-9 _ - joined by dots, * for one, > for "
           "the rest";
}

std::string refuse_topic(std::string_view text) {
    if (text.empty()) return {};
    if (wire::is_reserved(text))
        return in_quotes(text) + " begins with _, which is reserved; write another topic";
    if (wire::valid_topic(text)) return {};
    return in_quotes(text) + " is not a topic; write segments of A-Z a-z 0-9 _ - joined by dots";
}

std::string refuse_namespace(std::string_view text) {
    if (text.empty() || text == "*") return {};
    if (text == "user") return "\"user\" is reserved for the channels of users; write another name";
    if (text.find(':') != std::string_view::npos) {
        return in_quotes(text) + " has a colon; write only what stands before it in a channel's name";
    }
    if (wire::valid_channel(text) && text.size() < wire::kMaxChannelBytes) return {};
    return in_quotes(text) + " is not a namespace; write up to 254 bytes without white space and controls";
}

}  // namespace fairlead::config
