// SPDX-License-Identifier: Apache-2.0
#include "wire/channel.h"

#include <cstddef>
#include <cstdint>

#include "wire/limits.h"
#include "wire/utf8.h"

namespace fairlead::wire {
namespace {

bool is_noncharacter(std::uint32_t point) noexcept {
    return (point >= 0xfdd0 && point <= 0xfdef) || (point & 0xfffe) == 0xfffe;
}

/// kNoCodePoint, which marks broken UTF-8, ends in ffff and so is a noncharacter too.
bool is_allowed(std::uint32_t point) noexcept {
    const bool control_or_space = point <= 0x20 || (point >= 0x7f && point <= 0xa0);
    const bool line_separator = point == 0x2028 || point == 0x2029;
    return !control_or_space && !line_separator && !is_noncharacter(point);
}

bool is_name(std::string_view text, std::size_t max_bytes) noexcept {
    if (text.empty() || text.size() > max_bytes) {
        return false;
    }
    for (std::size_t offset = 0; offset < text.size();) {
        if (!is_allowed(next_code_point(text, offset))) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool valid_channel(std::string_view channel) noexcept {
    return is_name(channel, kMaxChannelBytes);
}

std::string_view namespace_of(std::string_view channel) noexcept {
    const std::size_t colon = channel.find(':');
    return colon == std::string_view::npos ? std::string_view() : channel.substr(0, colon);
}

bool valid_user(std::string_view user) noexcept {
    return is_name(user, kMaxUserBytes);
}

std::string user_channel(std::string_view user) {
    std::string channel;
    channel.reserve(kUserPrefix.size() + user.size());
    return channel.append(kUserPrefix).append(user);
}

bool is_user_channel(std::string_view channel) noexcept {
    return channel.starts_with(kUserPrefix);
}

std::string_view user_of(std::string_view channel) noexcept {
    return is_user_channel(channel) ? channel.substr(kUserPrefix.size()) : std::string_view();
}

}  // namespace fairlead::wire
