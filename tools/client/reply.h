// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/json.h"
#include "client/result.h"

namespace fairlead::client {

/// The `error` member of a reply; code 0 = none.
struct ReplyError {
    std::uint32_t code = 0;
    std::string message;
    bool temporary = false;
};

/// One Reply of the client protocol: the answer to a command (id > 0), or a push. Movable only.
/// Lifetime: what `result` and `push` give lives as long as the reply.
class Reply {
public:
    /// Refuses what is no JSON object.
    static Result<Reply> parse(std::string_view text);

    /// The bytes as they arrived.
    const std::string& text() const { return text_; }
    const Json& json() const { return json_; }
    std::uint32_t id() const { return static_cast<std::uint32_t>(number_of(json_, "id")); }
    bool is_ping() const { return json_.MemberCount() == 0; }

    ReplyError error() const;
    /// The result object of that name (`connect`, `rpc`, ...); null when absent.
    const JsonValue* result(const char* name) const { return member(json_, name); }
    /// The push object; null in an answer.
    const JsonValue* push() const { return member(json_, "push"); }
    /// The push's channel; empty without.
    std::string channel() const;
    /// The push's publication; null in any other push.
    const JsonValue* publication() const;

private:
    std::string text_;
    Json json_;
};

/// The replies of one WebSocket message: one JSON object a line. An empty line is refused, since a server may
/// send none.
Result<std::vector<Reply>> parse_replies(std::string_view message);

}  // namespace fairlead::client
