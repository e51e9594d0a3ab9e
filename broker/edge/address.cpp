// SPDX-License-Identifier: Apache-2.0
#include "edge/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>

namespace fairlead::edge {
namespace {

constexpr std::size_t kMappedPrefix = 12;
constexpr std::array<std::uint8_t, kMappedPrefix> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

bool IpAddress::is_v4() const noexcept { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

IpAddress ip_v4(const std::uint8_t* four_bytes) {
    IpAddress address;
    std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
    std::copy_n(four_bytes, 4, address.bytes.begin() + kMappedPrefix);
    return address;
}

IpAddress ip_address(const sockaddr_storage& address) {
    IpAddress out;
    if (address.ss_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &address, sizeof v4);
        std::array<std::uint8_t, 4> bytes;
        std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
        return ip_v4(bytes.data());
    }
    if (address.ss_family == AF_INET6) {
        sockaddr_in6 v6;
        std::memcpy(&v6, &address, sizeof v6);
        std::memcpy(out.bytes.data(), &v6.sin6_addr, out.bytes.size());
    }
    return out;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    if (text.empty() || text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) return {};
    std::copy(text.begin(), text.end(), buffer.begin());
    std::array<std::uint8_t, 4> four;
    if (::inet_pton(AF_INET, buffer.data(), four.data()) == 1) return ip_v4(four.data());
    IpAddress address;
    if (::inet_pton(AF_INET6, buffer.data(), address.bytes.data()) == 1) return address;
    return {};
}

PeerGroup peer_group(const IpAddress& address) {
    const bool v4 = address.is_v4();
    const std::size_t first = v4 ? kMappedPrefix : 0;
    const std::size_t last = v4 ? address.bytes.size() : 8;
    PeerGroup group;
    for (std::size_t i = first; i < last; ++i) group.bits = group.bits << 8 | address.bytes[i];
    group.v6 = !v4;
    group.loopback = v4 ? address.bytes[kMappedPrefix] == 127
                        : std::memcmp(address.bytes.data(), &in6addr_loopback, address.bytes.size()) == 0;
    return group;
}

PeerGroup peer_group(const sockaddr_storage& address) { return peer_group(ip_address(address)); }

std::string address_text(const IpAddress& address) {
    char text[INET6_ADDRSTRLEN] = {};
    if (address.is_v4()) {
        ::inet_ntop(AF_INET, address.bytes.data() + kMappedPrefix, text, sizeof text);
    } else {
        ::inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
    }
    return text;
}

std::string address_text(const sockaddr_storage& address) {
    if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return {};
    return address_text(ip_address(address));
}

}  // namespace fairlead::edge
