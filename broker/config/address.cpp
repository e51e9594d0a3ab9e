// SPDX-License-Identifier: Apache-2.0
#include "config/address.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <charconv>
#include <cstring>
#include <optional>

namespace fairlead::config {
namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kIpc = "ipc://";

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

Parsed<Address> bad(std::string why) {
    return Parsed<Address>::bad(std::move(why));
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, port);
    if (text.empty() || result.ec != std::errc{} || result.ptr != end) return std::nullopt;
    return port;
}

bool is_loopback(const in6_addr& address) {
    if (IN6_IS_ADDR_V4MAPPED(&address)) return address.s6_addr[12] == 127;
    return std::memcmp(&address, &in6addr_loopback, sizeof address) == 0;
}

// Whether the numeric host is on loopback; nothing if it is no numeric host.
std::optional<bool> loopback_of(const std::string& host, bool brackets) {
    in6_addr six{};
    in_addr four{};
    if (host.find('\0') != std::string::npos) return std::nullopt;
    if (brackets)
        return inet_pton(AF_INET6, host.c_str(), &six) == 1 ? std::optional{is_loopback(six)} : std::nullopt;
    if (inet_pton(AF_INET, host.c_str(), &four) != 1) return std::nullopt;
    return (ntohl(four.s_addr) >> 24) == 127;
}

std::string host_hint(std::string_view host) {
    if (host == "localhost") return "write 127.0.0.1 or [::1]";
    if (host.empty() || host == "*") return "write 0.0.0.0 or [::] for every interface";
    if (host.find(':') != std::string_view::npos) return "write an IPv6 address in brackets, such as [::1]";
    return "write a numeric address such as 127.0.0.1 or [::1]";
}

Parsed<Address> parse_host_and_port(std::string_view text) {
    const auto colon = text.rfind(':');
    const bool inside_brackets = text.find(']') != std::string_view::npos && text.rfind(']') > colon;
    if (colon == std::string_view::npos || inside_brackets) {
        return bad(in_quotes(text) + " has no port; write host:port, such as 127.0.0.1:8000");
    }
    std::string_view host = text.substr(0, colon);
    const bool brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (brackets) host = host.substr(1, host.size() - 2);
    const auto loopback = loopback_of(std::string(host), brackets);
    if (!loopback) return bad(in_quotes(host) + " is not an address; " + host_hint(host));
    const auto port = parse_port(text.substr(colon + 1));
    if (!port) return bad(in_quotes(text.substr(colon + 1)) + " is not a port; write 0 to 65535");
    return Parsed<Address>::good({std::string(host), *port, *loopback, {}});
}

Parsed<Address> parse_ipc(std::string_view path) {
    constexpr std::size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;
    if (path.empty() || path.front() != '/') {
        return bad(in_quotes(path) + " is not an absolute path; write ipc:///run/fairlead/backplane");
    }
    if (path.size() > kMaxPathBytes) {
        return bad("the path of an ipc address has at most " + std::to_string(kMaxPathBytes) +
                   " bytes; write a shorter one");
    }
    return Parsed<Address>::good({{}, 0, true, std::string(path)});
}

}  // namespace

Parsed<Address> parse_address(std::string_view text) {
    const auto scheme = text.find("://");
    if (scheme != std::string_view::npos) {
        return bad(in_quotes(text) + " has a scheme; write host:port, such as 127.0.0.1:8000");
    }
    return parse_host_and_port(text);
}

Parsed<Address> parse_backplane_address(std::string_view text) {
    if (starts_with(text, kIpc)) return parse_ipc(text.substr(kIpc.size()));
    if (!starts_with(text, kTcp)) {
        return bad(in_quotes(text) +
                   " is no backplane address; write tcp://127.0.0.1:7000 or ipc:///run/fairlead/backplane");
    }
    const auto rest = text.substr(kTcp.size());
    if (rest.size() > 2 && rest.substr(rest.size() - 2) == ":*") {
        return parse_host_and_port(std::string(rest.substr(0, rest.size() - 1)) + "0");
    }
    return parse_host_and_port(rest);
}

}  // namespace fairlead::config
