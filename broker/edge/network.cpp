// SPDX-License-Identifier: Apache-2.0
#include "edge/network.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace fairlead::edge {
namespace {

constexpr unsigned kBits = 128;
constexpr unsigned kMappedBits = 96;

bool bit(const IpAddress& address, unsigned index) { return (address.bytes[index / 8] >> (7 - index % 8) & 1) != 0; }

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) {
    unsigned bits = 0;
    const auto end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, bits);
    bool canonical = text.size() == 1 || (!text.empty() && text.front() != '0');
    if (!canonical || result.ec != std::errc{} || result.ptr != end || bits > most) return {};
    return bits;
}

}  // namespace

bool Network::contains(const IpAddress& other) const noexcept {
    if (bits < kMappedBits && other.is_v4()) return false;  // ::/0 is all of IPv6 and nothing of IPv4
    unsigned whole = bits / 8;
    if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, other.bytes.begin())) return false;
    if (bits % 8 == 0) return true;
    return ((address.bytes[whole] ^ other.bytes[whole]) >> (8 - bits % 8)) == 0;
}

std::optional<Network> parse_network(std::string_view text) {
    std::size_t slash = text.find('/');
    std::optional<IpAddress> address = parse_ip(text.substr(0, slash));
    if (!address) return {};
    Network network{*address, kBits};
    if (slash == std::string_view::npos) return network;
    unsigned prefix = text.find(':') == std::string_view::npos ? kMappedBits : 0;
    std::optional<unsigned> bits = parse_bits(text.substr(slash + 1), kBits - prefix);
    if (!bits) return {};
    network.bits = *bits + prefix;
    for (unsigned i = network.bits; i < kBits; ++i) {
        if (bit(*address, i)) return {};
    }
    return network;
}

Networks::Networks(const std::vector<std::string>& entries) {
    for (const std::string& text : entries) {
        std::optional<Network> network = parse_network(text);
        if (!network) throw std::invalid_argument("not an address or network (10.0.0.0/8): " + text);
        networks_.push_back(*network);
    }
}

bool Networks::contains(const IpAddress& address) const noexcept {
    return std::any_of(networks_.begin(), networks_.end(), [&](const Network& each) { return each.contains(address); });
}

}  // namespace fairlead::edge
