// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <sys/socket.h>

namespace fairlead::edge {

/// Where a client comes from, as far as limits need it: an IPv4 address, or the /64 of an IPv6 one.
struct PeerGroup {
    std::uint64_t bits = 0;
    bool v6 = false;
    bool loopback = false;

    bool operator==(const PeerGroup& other) const { return bits == other.bits && v6 == other.v6; }
};

PeerGroup peer_group(const sockaddr_storage& address);

/// `192.0.2.1` or `2001:db8::1`, without the port; empty if it is neither.
std::string address_text(const sockaddr_storage& address);

}  // namespace fairlead::edge
