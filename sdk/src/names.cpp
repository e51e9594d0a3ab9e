// SPDX-License-Identifier: Apache-2.0
#include "src/names.h"

#include <algorithm>

#include "src/errors.h"
#include "wire/channel.h"
#include "wire/limits.h"
#include "wire/topic.h"
#include "wire/utf8.h"

namespace fairlead::detail {
namespace {

constexpr std::size_t kPrintedBytes = 64;
constexpr std::size_t kMaxClientBytes = 255;
constexpr std::size_t kMaxRevokedBytes = 1024;  // what the broker takes

Result<void> good_or(bool good, std::string_view name, const char* what) {
    if (good) return {};
    return make_error(wire::Code::bad_request, "`" + printable(name) + "` is no " + what);
}

}  // namespace

bool is_text(std::string_view text) noexcept {
    return wire::valid_utf8(text);
}

bool is_text(const Headers& headers) noexcept {
    return std::all_of(headers.begin(), headers.end(),
                       [](const auto& pair) { return is_text(pair.first) && is_text(pair.second); });
}

std::string printable(std::string_view text) {
    if (!is_text(text)) return "(invalid UTF-8)";
    return std::string(wire::truncate_utf8(text, kPrintedBytes));
}

Result<void> check_topic(std::string_view topic) {
    return good_or(wire::valid_topic(topic), topic, "topic");
}

Result<void> check_channel(std::string_view channel) {
    if (channel == wire::kUserPrefix)
        return make_error(wire::Code::bad_request, "the empty user has no channel");
    return good_or(wire::valid_channel(channel), channel, "channel");
}

Result<void> check_user(std::string_view user) {
    return good_or(wire::valid_user(user), user, "user");
}

Result<void> check_client(std::string_view client) {
    bool good = !client.empty() && client.size() <= kMaxClientBytes && is_text(client);
    return good_or(good, client, "client id");
}

Result<void> check_revoked(std::string_view name) {
    const bool good = !name.empty() && name.size() <= kMaxRevokedBytes && wire::valid_utf8(name);
    return good_or(good, name, "name of what is revoked");
}

Result<void> check_unsubscribe(std::uint32_t code, std::string_view reason) {
    if (code != 0 && (code < 2000 || code > 2999))
        return make_error(wire::Code::bad_request, "unsubscribe codes are 2000-2999");
    return check_close(0, reason);
}

Result<void> check_close(std::uint32_t code, std::string_view reason) {
    if (code != 0 && (code < 3000 || code > 4999)) {
        return make_error(wire::Code::bad_request, "close codes are 3000-4999");
    }
    if (reason.size() > wire::kMaxCloseReasonBytes) {
        return make_error(wire::Code::bad_request, "a close reason has at most 123 bytes");
    }
    return {};
}

}  // namespace fairlead::detail
