// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/result.h"

namespace fairlead::client {

/// RFC 6455 section 5.2.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// How the payload length is written. Only `shortest` is legal; the others are there for tests.
enum class LengthForm { shortest, two_bytes, eight_bytes };

/// The head of a frame to send. The defaults are a legal text frame of a client; each member can be set to
/// what the RFC forbids, since tests of a server need just that.
struct FrameSpec {
    bool fin = true;
    std::uint8_t reserved = 0;  // RSV1-RSV3 as a number of three bits
    std::uint8_t opcode = 1;
    bool masked = true;
    std::uint32_t mask = 0x5a17c3e9;
    LengthForm length_form = LengthForm::shortest;
    std::optional<std::uint64_t> declared_bytes;  // instead of the payload's true size
};

/// The bytes of one frame.
std::string encode_frame(const FrameSpec& spec, std::string_view payload);

/// A legal frame of a client with a fresh random mask.
std::string client_frame(Opcode opcode, std::string_view payload);

/// The payload of a close frame. `reason` is cut to what a control frame can carry.
std::string close_payload(std::uint16_t code, std::string_view reason);

/// The head of a received frame, as it stands in the bytes.
struct FrameHeader {
    bool fin = false;
    std::uint8_t reserved = 0;
    std::uint8_t opcode = 0;
    bool masked = false;
    std::size_t header_bytes = 0;
    std::uint64_t payload_bytes = 0;

    bool is_control() const { return opcode >= 8; }
};

/// Reads the head of a frame; nothing while bytes are missing. A masked head is reported without its key.
std::optional<FrameHeader> read_frame_header(std::string_view bytes);

struct Frame {
    bool fin = true;
    Opcode opcode = Opcode::text;
    std::string payload;
};

/// Takes a server's bytes in any pieces and gives whole frames. Checks what RFC 6455 demands of a server: no
/// mask, no reserved bit or opcode, shortest length, whole control frames of at most 125 bytes; and the
/// bound. After an error it is of no further use. Threads: one at a time.
class FrameParser {
public:
    explicit FrameParser(std::size_t max_payload_bytes) : max_payload_bytes_(max_payload_bytes) {}

    void feed(std::string_view bytes) { buffer_.append(bytes); }
    /// The next frame; nothing while bytes are missing.
    Result<std::optional<Frame>> next();

private:
    void compact();

    std::size_t max_payload_bytes_;
    std::string buffer_;
    std::size_t consumed_bytes_ = 0;  // of buffer_
};

}  // namespace fairlead::client
