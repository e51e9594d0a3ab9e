// SPDX-License-Identifier: Apache-2.0
#include "edge/address.h"

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>

namespace fairlead::edge {
namespace {

PeerGroup v4_group(std::uint32_t network_order) {
    std::uint32_t bits = ntohl(network_order);
    return {bits, false, bits >> 24 == 127};
}

}  // namespace

PeerGroup peer_group(const sockaddr_storage& address) {
    if (address.ss_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &address, sizeof v4);
        return v4_group(v4.sin_addr.s_addr);
    }
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    const std::uint8_t* bytes = v6.sin6_addr.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
        std::uint32_t v4;
        std::memcpy(&v4, bytes + 12, sizeof v4);
        return v4_group(v4);
    }
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | bytes[i];
    return {bits, true, IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0};
}

std::string address_text(const sockaddr_storage& address) {
    char text[INET6_ADDRSTRLEN] = {};
    if (address.ss_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &address, sizeof v4);
        inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    } else if (address.ss_family == AF_INET6) {
        sockaddr_in6 v6;
        std::memcpy(&v6, &address, sizeof v6);
        inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    }
    return text;
}

}  // namespace fairlead::edge
