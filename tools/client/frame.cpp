// SPDX-License-Identifier: Apache-2.0
#include "client/frame.h"

#include <openssl/rand.h>

namespace fairlead::client {
namespace {

constexpr std::size_t kMaxControlBytes = 125;
constexpr std::uint8_t kTwoByteLength = 126;
constexpr std::uint8_t kEightByteLength = 127;

std::uint8_t byte_at(std::string_view bytes, std::size_t index) {
    return static_cast<std::uint8_t>(bytes[index]);
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xff));
    }
}

std::uint64_t read_big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        value = value << 8 | byte_at(bytes, i);
    return value;
}

void append_length(std::string& out, const FrameSpec& spec, std::uint64_t length) {
    const unsigned mask_bit = spec.masked ? 0x80U : 0U;
    LengthForm form = spec.length_form;
    if (form == LengthForm::shortest && length >= kTwoByteLength) {
        form = length <= 0xffff ? LengthForm::two_bytes : LengthForm::eight_bytes;
    }
    const auto put_first = [&](std::uint64_t value) { out.push_back(static_cast<char>(mask_bit | value)); };
    if (form == LengthForm::shortest) {
        put_first(length);
    } else if (form == LengthForm::two_bytes) {
        put_first(kTwoByteLength);
        append_big_endian(out, length, 2);
    } else {
        put_first(kEightByteLength);
        append_big_endian(out, length, 8);
    }
}

void append_masked(std::string& out, std::uint32_t mask, std::string_view payload) {
    append_big_endian(out, mask, 4);
    const std::string key = out.substr(out.size() - 4);
    for (std::size_t i = 0; i < payload.size(); ++i) {
        out.push_back(static_cast<char>(payload[i] ^ key[i & 3]));
    }
}

bool is_known(std::uint8_t opcode) {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

bool has_shortest_length(const FrameHeader& header) {
    if (header.header_bytes == 4) return header.payload_bytes >= kTwoByteLength;
    if (header.header_bytes == 10) return header.payload_bytes > 0xffff && header.payload_bytes >> 63 == 0;
    return true;
}

/// What a server's frame head may not be; empty when it is legal.
std::string fault_of(const FrameHeader& header) {
    if (header.masked) return "the server masked a frame";
    if (header.reserved != 0) return "the server set a reserved bit";
    if (!is_known(header.opcode)) return "the server used reserved opcode " + std::to_string(header.opcode);
    if (!has_shortest_length(header)) return "the server wrote a length in a longer form than needed";
    if (!header.is_control()) return {};
    if (!header.fin) return "the server fragmented a control frame";
    if (header.payload_bytes > kMaxControlBytes) return "the server sent a control frame over 125 bytes";
    return {};
}

}  // namespace

std::string encode_frame(const FrameSpec& spec, std::string_view payload) {
    std::string out;
    out.reserve(payload.size() + 14);
    const unsigned first = (spec.fin ? 0x80U : 0U) | ((spec.reserved & 7U) << 4) | (spec.opcode & 15U);
    out.push_back(static_cast<char>(first));
    append_length(out, spec, spec.declared_bytes.value_or(payload.size()));
    if (spec.masked) {
        append_masked(out, spec.mask, payload);
    } else {
        out.append(payload);
    }
    return out;
}

std::string client_frame(Opcode opcode, std::string_view payload) {
    FrameSpec spec;
    spec.opcode = static_cast<std::uint8_t>(opcode);
    unsigned char random[4] = {};
    // Without entropy the fixed mask stays: it is as legal, and only a proxy's cache would care.
    if (RAND_bytes(random, sizeof random) == 1) {
        spec.mask =
            static_cast<std::uint32_t>(random[0] << 24 | random[1] << 16 | random[2] << 8 | random[3]);
    }
    return encode_frame(spec, payload);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
    std::string out;
    append_big_endian(out, code, 2);
    out.append(reason.substr(0, kMaxControlBytes - 2));
    return out;
}

std::optional<FrameHeader> read_frame_header(std::string_view bytes) {
    if (bytes.size() < 2) return std::nullopt;
    FrameHeader header;
    header.fin = (byte_at(bytes, 0) & 0x80) != 0;
    header.reserved = static_cast<std::uint8_t>(byte_at(bytes, 0) >> 4 & 7);
    header.opcode = static_cast<std::uint8_t>(byte_at(bytes, 0) & 15);
    header.masked = (byte_at(bytes, 1) & 0x80) != 0;
    const std::uint8_t first = byte_at(bytes, 1) & 0x7f;
    const std::size_t extra = first == kEightByteLength ? 8 : first == kTwoByteLength ? 2 : 0;
    if (bytes.size() < 2 + extra) return std::nullopt;
    header.payload_bytes = extra == 0 ? first : read_big_endian(bytes.substr(2, extra));
    header.header_bytes = 2 + extra;
    return header;
}

Result<std::optional<Frame>> FrameParser::next() {
    const std::string_view bytes = std::string_view(buffer_).substr(consumed_bytes_);
    const auto header = read_frame_header(bytes);
    if (!header) return std::optional<Frame>{};
    if (const std::string fault = fault_of(*header); !fault.empty()) return Error{Fault::malformed, fault};
    if (header->payload_bytes > max_payload_bytes_) {
        return Error{Fault::too_large, "a frame of " + std::to_string(header->payload_bytes) + " bytes"};
    }
    const auto payload_bytes = static_cast<std::size_t>(header->payload_bytes);
    if (bytes.size() < header->header_bytes + payload_bytes) return std::optional<Frame>{};
    Frame frame{header->fin, static_cast<Opcode>(header->opcode),
                std::string(bytes.substr(header->header_bytes, payload_bytes))};
    consumed_bytes_ += header->header_bytes + payload_bytes;
    compact();
    return std::optional<Frame>{std::move(frame)};
}

void FrameParser::compact() {
    // Moving the rest only when at least half is used keeps the cost linear.
    if (consumed_bytes_ * 2 < buffer_.size()) return;
    buffer_.erase(0, consumed_bytes_);
    consumed_bytes_ = 0;
}

}  // namespace fairlead::client
