// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fairlead::edge {

/// Follows the frame headers of a client's byte stream and counts what websocketpp does not bound: the fragments of a
/// message and whether one is unfinished. Of wrong frames it sees one kind, lengths in a longer form than needed, for
/// which websocketpp has the wrong close code (1011); the others are websocketpp's to refuse.
/// Threads: the connection's edge thread.
class FrameWatch {
public:
    /// The bytes as they came. Returns how many fragments the longest message among them has until now.
    std::size_t follow(std::string_view bytes);

    /// A message has ended among the bytes that came last.
    bool completed() const noexcept { return completed_; }

    /// A length was written in a longer form than needed: 1002.
    bool overlong() const noexcept { return overlong_; }

    /// A message has begun (or a frame of it) and has not ended.
    bool unfinished() const noexcept { return fragments_ > 0 || header_bytes_ > 0 || payload_left_ > 0; }

private:
    bool read_header_byte(unsigned char byte);
    void frame_begins();
    void frame_ends();

    std::uint64_t payload_left_ = 0;
    std::uint64_t length_ = 0;       // of the frame whose header is under way
    std::uint32_t fragments_ = 0;    // of the unfinished data message
    std::uint8_t header_bytes_ = 0;  // read of the header that is under way
    std::uint8_t header_size_ = 2;
    std::uint8_t length_bytes_ = 0;
    bool overlong_ = false;
    bool completed_ = false;
    std::uint8_t first_ = 0;         // FIN, reserved bits, opcode
};

}  // namespace fairlead::edge
