// SPDX-License-Identifier: Apache-2.0
#include "edge/proxy_header.h"

#include <algorithm>
#include <array>

namespace fairlead::edge {
namespace {

using State = ProxyHeader::State;

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr unsigned kVersion = 2;
constexpr std::size_t kCommandAt = 12, kFamilyAt = 13, kLengthAt = 14;
enum Command : unsigned { local = 0, proxy = 1 };
enum Family : unsigned { unspecified = 0, inet = 1, inet6 = 2, unix_socket = 3 };
constexpr unsigned kLastTransport = 2;  // 0 unspecified, 1 stream, 2 datagram

// Source and destination address, then both ports.
constexpr std::array<std::size_t, 4> kAddressBytes = {0, 12, 36, 216};

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

IpAddress source_of(std::string_view block, unsigned family) {
    std::array<std::uint8_t, 16> raw{};
    std::copy_n(block.begin(), family == inet ? 4 : 16, raw.begin());
    return family == inet ? ip_v4(raw.data()) : IpAddress{raw};
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view bytes) {
    std::string_view begun = bytes.substr(0, kSignature.size());
    if (begun != kSignature.substr(0, begun.size())) return {};
    if (bytes.size() < ProxyHeader::kFixedBytes) return {State::incomplete, ProxyHeader::kFixedBytes, {}};
    unsigned command = byte_at(bytes, kCommandAt) & 0x0f;
    unsigned family = byte_at(bytes, kFamilyAt) >> 4;
    unsigned transport = byte_at(bytes, kFamilyAt) & 0x0f;
    std::size_t length = byte_at(bytes, kLengthAt) << 8 | byte_at(bytes, kLengthAt + 1);
    std::size_t size = ProxyHeader::kFixedBytes + length;
    if (byte_at(bytes, kCommandAt) >> 4 != kVersion || command > proxy || size > ProxyHeader::kMaxBytes) return {};
    if (command == proxy && (family >= kAddressBytes.size() || transport > kLastTransport || length < kAddressBytes[family])) {
        return {};
    }
    if (bytes.size() < size) return {State::incomplete, size, {}};
    ProxyHeader header{State::complete, size, {}};
    if (command == proxy && (family == inet || family == inet6)) {
        header.source = source_of(bytes.substr(ProxyHeader::kFixedBytes), family);
    }
    return header;
}

}  // namespace fairlead::edge
