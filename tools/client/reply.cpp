// SPDX-License-Identifier: Apache-2.0
#include "client/reply.h"

namespace fairlead::client {

Result<Reply> Reply::parse(std::string_view text) {
    auto json = parse_json(text);
    if (!json || !json->IsObject())
        return Error{Fault::malformed, "no JSON object: " + std::string(text.substr(0, 200))};
    Reply reply;
    reply.text_ = std::string(text);
    reply.json_ = std::move(*json);
    return reply;
}

ReplyError Reply::error() const {
    const JsonValue* error = member(json_, "error");
    if (error == nullptr) return {};
    return {static_cast<std::uint32_t>(number_of(*error, "code")), text_of(*error, "message"),
            flag_of(*error, "temporary")};
}

std::string Reply::channel() const {
    return push() ? text_of(*push(), "channel") : std::string();
}

const JsonValue* Reply::publication() const {
    return push() ? member(*push(), "pub") : nullptr;
}

Result<std::vector<Reply>> parse_replies(std::string_view message) {
    std::vector<Reply> replies;
    for (std::size_t start = 0; start <= message.size();) {
        const std::size_t end = std::min(message.find('\n', start), message.size());
        auto reply = Reply::parse(message.substr(start, end - start));
        if (!reply) return reply.error();
        replies.push_back(std::move(*reply));
        start = end + 1;
    }
    return replies;
}

}  // namespace fairlead::client
