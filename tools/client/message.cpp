// SPDX-License-Identifier: Apache-2.0
#include "client/message.h"

namespace fairlead::client {
namespace {

Error malformed(std::string text) {
    return Error{Fault::malformed, std::move(text)};
}

Result<std::optional<Event>> close_event(const std::string& payload) {
    Event event{Event::Kind::close, {}, 1005};
    if (payload.empty()) return std::optional<Event>{event};
    if (payload.size() == 1) return malformed("a close frame of one byte");
    event.close_code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                                  static_cast<unsigned char>(payload[1]));
    event.payload = payload.substr(2);
    if (!is_sendable_close_code(event.close_code)) {
        return malformed("close code " + std::to_string(event.close_code));
    }
    if (!is_utf8(event.payload)) return malformed("a close reason that is not UTF-8");
    return std::optional<Event>{std::move(event)};
}

struct Sequence {
    std::size_t bytes;            // 0 = no such lead byte
    unsigned char second_lowest;  // bounds of the second byte: they rule out overlong forms and surrogates
    unsigned char second_highest;
};

Sequence sequence_of(unsigned char lead) {
    if (lead < 0x80) return {1, 0, 0};
    if (lead < 0xc2) return {0, 0, 0};
    if (lead < 0xe0) return {2, 0x80, 0xbf};
    if (lead == 0xe0) return {3, 0xa0, 0xbf};
    if (lead == 0xed) return {3, 0x80, 0x9f};
    if (lead < 0xf0) return {3, 0x80, 0xbf};
    if (lead == 0xf0) return {4, 0x90, 0xbf};
    if (lead < 0xf4) return {4, 0x80, 0xbf};
    if (lead == 0xf4) return {4, 0x80, 0x8f};
    return {0, 0, 0};
}

}  // namespace

Result<std::optional<Event>> MessageAssembler::take(Frame frame) {
    switch (frame.opcode) {
        case Opcode::ping:
            return std::optional<Event>{Event{Event::Kind::ping, std::move(frame.payload), 1005}};
        case Opcode::pong:
            return std::optional<Event>{Event{Event::Kind::pong, std::move(frame.payload), 1005}};
        case Opcode::close:
            return close_event(frame.payload);
        default:
            return take_data(std::move(frame));
    }
}

Result<std::optional<Event>> MessageAssembler::take_data(Frame frame) {
    const bool continues = frame.opcode == Opcode::continuation;
    if (continues && !opcode_) return malformed("a continuation of nothing");
    if (!continues && opcode_) return malformed("a new message inside a fragmented one");
    if (payload_.size() + frame.payload.size() > max_message_bytes_) {
        return Error{Fault::too_large, "a message over " + std::to_string(max_message_bytes_) + " bytes"};
    }
    if (!continues) opcode_ = frame.opcode;
    payload_.append(frame.payload);
    if (!frame.fin) return std::optional<Event>{};
    const auto kind = *opcode_ == Opcode::text ? Event::Kind::text : Event::Kind::binary;
    opcode_.reset();
    Event event{kind, std::exchange(payload_, {}), 1005};
    if (kind == Event::Kind::text && !is_utf8(event.payload)) return malformed("text that is not UTF-8");
    return std::optional<Event>{std::move(event)};
}

bool is_utf8(std::string_view bytes) {
    const auto at = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
    for (std::size_t i = 0; i < bytes.size();) {
        const Sequence sequence = sequence_of(at(i));
        if (sequence.bytes == 0 || i + sequence.bytes > bytes.size()) return false;
        if (sequence.bytes > 1 &&
            (at(i + 1) < sequence.second_lowest || at(i + 1) > sequence.second_highest)) {
            return false;
        }
        for (std::size_t k = 2; k < sequence.bytes; ++k) {
            if ((at(i + k) & 0xc0) != 0x80) return false;
        }
        i += sequence.bytes;
    }
    return true;
}

bool is_sendable_close_code(std::uint16_t code) {
    if (code >= 3000 && code <= 4999) return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

}  // namespace fairlead::client
