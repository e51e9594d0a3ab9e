// SPDX-License-Identifier: Apache-2.0
#include "core/ids.h"

#include <span>

namespace fairlead::core {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

std::string hex(std::span<const std::byte> bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (std::byte byte : bytes) {
        text.push_back(kHex[std::to_integer<std::size_t>(byte >> 4)]);
        text.push_back(kHex[std::to_integer<std::size_t>(byte & std::byte{15})]);
    }
    return text;
}

std::uint64_t random_word(Random& random) {
    std::array<std::byte, 8> bytes;
    random.fill(bytes);
    std::uint64_t word = 0;
    for (std::byte byte : bytes)
        word = word << 8 | std::to_integer<std::uint64_t>(byte);
    return word;
}

}  // namespace

Ids::Ids(Random& random) : random_(random) {
    std::array<std::byte, 16> boot;
    random.fill(boot);
    boot_ = hex(boot);
    tag_ = boot_.substr(0, 8);
    first_call_ = (std::to_integer<CallId>(boot[0]) << 8 | std::to_integer<CallId>(boot[1])) << 48 | 1;
    const std::uint64_t key0 = random_word(random);
    hash_ = Hash(key0, random_word(random));
}

ClientNumber Ids::make_client() {
    ClientNumber number;
    random_.fill(number);
    return number;
}

std::string Ids::client_id(const ClientNumber& number) const {
    return tag_ + '-' + hex(number);
}

std::optional<ClientNumber> Ids::parse_client(std::string_view id) const {
    ClientNumber number;
    if (id.size() != tag_.size() + 1 + number.size() * 2) return std::nullopt;
    if (!id.starts_with(tag_) || id[tag_.size()] != '-') return std::nullopt;
    id.remove_prefix(tag_.size() + 1);
    for (std::size_t i = 0; i < number.size(); ++i) {
        const std::size_t high = kHex.find(id[2 * i]);
        const std::size_t low = kHex.find(id[2 * i + 1]);
        if (high == kHex.npos || low == kHex.npos) return std::nullopt;
        number[i] = static_cast<std::byte>(high << 4 | low);
    }
    return number;
}

}  // namespace fairlead::core
