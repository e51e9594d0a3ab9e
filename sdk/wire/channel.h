// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Names of channels and users. Both are UTF-8 without white space, controls, line separators and
/// noncharacters (U+0000-0020, U+007F-00A0, U+2028, U+2029 are out), compared byte for byte.
///
/// Threads: any.
namespace fairlead::wire {

inline constexpr std::string_view kUserPrefix = "user:";

/// 1 to kMaxChannelBytes bytes of the alphabet above. The reserved `user:` channels are valid names.
bool valid_channel(std::string_view channel) noexcept;

/// What stands before the first colon: the channel's namespace. Without a colon it is "", the default one.
std::string_view namespace_of(std::string_view channel) noexcept;

/// 1 to kMaxUserBytes bytes of the alphabet above. The empty user is anonymous, and no valid user id.
bool valid_user(std::string_view user) noexcept;

/// `user:<id>`, to which each client of that user is subscribed by the broker.
std::string user_channel(std::string_view user);

/// True for every channel of the reserved namespace `user`.
bool is_user_channel(std::string_view channel) noexcept;

/// The user of `user:<id>`; empty for any other channel.
std::string_view user_of(std::string_view channel) noexcept;

}  // namespace fairlead::wire
