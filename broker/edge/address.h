// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace fairlead::edge {

/// An IPv4 or IPv6 address without a port. An IPv4 one is held in its mapped form, so there is one form of each.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};

    bool is_v4() const noexcept;
    bool operator==(const IpAddress&) const = default;
};

IpAddress ip_v4(const std::uint8_t* four_bytes);
/// All zeros if it is neither IPv4 nor IPv6.
IpAddress ip_address(const sockaddr_storage& address);
/// `192.0.2.1` or `2001:db8::1`, strictly: no port, no brackets, no zone.
std::optional<IpAddress> parse_ip(std::string_view text);

/// Where a client comes from, as far as limits need it: an IPv4 address, or the /64 of an IPv6 one.
struct PeerGroup {
    std::uint64_t bits = 0;
    bool v6 = false;
    bool loopback = false;

    bool operator==(const PeerGroup& other) const { return bits == other.bits && v6 == other.v6; }
};

PeerGroup peer_group(const IpAddress& address);
PeerGroup peer_group(const sockaddr_storage& address);

/// `192.0.2.1` or `2001:db8::1`; empty if it is neither.
std::string address_text(const IpAddress& address);
std::string address_text(const sockaddr_storage& address);

}  // namespace fairlead::edge
