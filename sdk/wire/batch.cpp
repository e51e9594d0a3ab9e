// SPDX-License-Identifier: Apache-2.0
#include "wire/batch.h"

namespace fairlead::wire {

std::string_view to_string(MessageFault fault) noexcept {
    switch (fault) {
        case MessageFault::none:
            return "no fault";
        case MessageFault::odd_parts:
            return "message is not made of pairs of parts";
        case MessageFault::too_many_parts:
            return "message has too many parts";
        case MessageFault::empty_header:
            return "header is empty";
        case MessageFault::header_too_big:
            return "header is too big";
        case MessageFault::payload_too_big:
            return "payload is too big";
        case MessageFault::message_too_big:
            return "payloads of a message are too big together";
    }
    return "unknown fault";
}

MessageFault MessageCheck::add(std::size_t bytes) noexcept {
    if (fault_ != MessageFault::none) {
        return fault_;
    }
    const bool header = parts_ % 2 == 0;
    ++parts_;
    if (parts_ > 2 * kMaxPairs) {
        fault_ = MessageFault::too_many_parts;
    } else if (header) {
        fault_ = bytes == 0                ? MessageFault::empty_header
                 : bytes > kMaxHeaderBytes ? MessageFault::header_too_big
                                           : MessageFault::none;
    } else {
        fault_ = add_payload(bytes);
    }
    return fault_;
}

MessageFault MessageCheck::add_payload(std::size_t bytes) noexcept {
    if (bytes > max_payload_bytes_) {
        return MessageFault::payload_too_big;
    }
    payload_bytes_ += bytes;
    const bool alone = parts_ == 2;
    return payload_bytes_ > kMaxMessageBytes && !alone ? MessageFault::message_too_big : MessageFault::none;
}

MessageFault MessageCheck::finish() noexcept {
    if (fault_ == MessageFault::none && (parts_ == 0 || parts_ % 2 != 0)) {
        fault_ = MessageFault::odd_parts;
    }
    return fault_;
}

void MessageCheck::reset() noexcept {
    parts_ = 0;
    payload_bytes_ = 0;
    fault_ = MessageFault::none;
}

MessageFault check_message(std::span<const std::size_t> part_bytes, std::size_t max_payload_bytes) noexcept {
    MessageCheck check(max_payload_bytes);
    for (std::size_t bytes : part_bytes) {
        check.add(bytes);
    }
    return check.finish();
}

}  // namespace fairlead::wire
