// SPDX-License-Identifier: Apache-2.0
#include "edge/frame_watch.h"

#include <algorithm>

namespace fairlead::edge {
namespace {

constexpr unsigned char kFinal = 0x80;
constexpr unsigned char kMasked = 0x80;
constexpr unsigned char kControl = 0x08;
constexpr std::uint8_t kBasicHeader = 2;
constexpr std::uint8_t kMaskBytes = 4;

}  // namespace

std::size_t FrameWatch::follow(std::string_view bytes) {
    std::size_t most = fragments_;
    completed_ = false;
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (payload_left_ > 0) {
            std::uint64_t skip = std::min<std::uint64_t>(payload_left_, bytes.size() - at);
            payload_left_ -= skip;
            at += static_cast<std::size_t>(skip);
            if (payload_left_ == 0) frame_ends();
            continue;
        }
        if (!read_header_byte(static_cast<unsigned char>(bytes[at++]))) continue;
        frame_begins();
        most = std::max<std::size_t>(most, fragments_);
        if (payload_left_ == 0) frame_ends();
    }
    return most;
}

// True when the header is complete.
bool FrameWatch::read_header_byte(unsigned char byte) {
    std::uint8_t index = header_bytes_++;
    if (index == 0) {
        first_ = byte;
        length_ = 0;
        header_size_ = kBasicHeader;
        return false;
    }
    if (index == 1) {
        std::uint8_t length = byte & 0x7f;
        length_bytes_ = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (length_bytes_ == 0) length_ = length;
        header_size_ = static_cast<std::uint8_t>(kBasicHeader + length_bytes_ + ((byte & kMasked) != 0 ? kMaskBytes : 0));
    } else if (index < kBasicHeader + length_bytes_) {
        length_ = length_ << 8 | byte;
    }
    return header_bytes_ == header_size_;
}

void FrameWatch::frame_begins() {
    overlong_ = overlong_ || (length_bytes_ == 2 && length_ < 126) || (length_bytes_ == 8 && length_ <= 0xffff);
    header_bytes_ = 0;
    payload_left_ = length_;
    if ((first_ & kControl) == 0) ++fragments_;
}

void FrameWatch::frame_ends() {
    if ((first_ & kControl) != 0 || (first_ & kFinal) == 0) return;
    fragments_ = 0;
    completed_ = true;
}

}  // namespace fairlead::edge
