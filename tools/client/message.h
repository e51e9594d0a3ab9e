// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "client/frame.h"
#include "client/result.h"

namespace fairlead::client {

/// What the peer said: a whole data message or a control frame.
struct Event {
    enum class Kind { text, binary, ping, pong, close };

    Kind kind = Kind::text;
    std::string payload;              // of a close: the reason
    std::uint16_t close_code = 1005;  // of a close; 1005 = the frame carried none
};

/// Joins frames to events: fragments to messages, with control frames in between; checks their order, UTF-8
/// of text and of close reasons, close codes, and the size. After an error it is of no further use. Threads:
/// one at a time.
class MessageAssembler {
public:
    explicit MessageAssembler(std::size_t max_message_bytes) : max_message_bytes_(max_message_bytes) {}

    /// The event that this frame completes; nothing while fragments are missing.
    Result<std::optional<Event>> take(Frame frame);

private:
    Result<std::optional<Event>> take_data(Frame frame);

    std::size_t max_message_bytes_;
    std::optional<Opcode> opcode_;  // of the message under way
    std::string payload_;
};

/// Whether `bytes` are well-formed UTF-8 (no surrogates, nothing overlong, at most U+10FFFF).
bool is_utf8(std::string_view bytes);

/// Whether RFC 6455 and its registry let an endpoint send this close code.
bool is_sendable_close_code(std::uint16_t code);

}  // namespace fairlead::client
