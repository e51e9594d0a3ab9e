// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fairlead/caller.h>
#include <fairlead/result.h>

/// What a program names is checked before it leaves, so that a mistake is an error of that one call and no
/// fault of the link. Threads: any.
namespace fairlead::detail {

/// UTF-8, as everything in a header of the backplane must be.
bool is_text(std::string_view text) noexcept;
bool is_text(const Headers& headers) noexcept;

/// For an error message: cut, and without what is not UTF-8.
std::string printable(std::string_view text);

Result<void> check_topic(std::string_view topic);
Result<void> check_channel(std::string_view channel);
Result<void> check_user(std::string_view user);
Result<void> check_client(std::string_view client);
Result<void> check_revoked(std::string_view name);
/// 0 or a code of an unsubscribe push: 2000-2999.
Result<void> check_unsubscribe(std::uint32_t code, std::string_view reason);
/// 0 or a WebSocket close code that a client's SDK knows how to take: 3000-4999.
Result<void> check_close(std::uint32_t code, std::string_view reason);

}  // namespace fairlead::detail
