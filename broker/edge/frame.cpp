// SPDX-License-Identifier: Apache-2.0
#include "edge/frame.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace fairlead::edge {
namespace {

constexpr unsigned char kFinal = 0x80;

static_assert(sizeof(Frame) == 32, "each publication has one on each edge thread");

char byte_of(std::size_t value, int shift) { return static_cast<char>((value >> shift) & 0xff); }

}  // namespace

Frame* Frame::allocate(Opcode opcode, const Content& content, std::size_t capacity) {
    void* memory = ::operator new(sizeof(Frame) + capacity);
    return new (memory) Frame(opcode, content, capacity);
}

Frame* Frame::with_payload(Opcode opcode, std::string_view payload, const Content& content) {
    Frame* frame = allocate(opcode, content, kHeadRoom + payload.size());
    if (!payload.empty()) std::memcpy(frame->data() + kHeadRoom, payload.data(), payload.size());
    frame->end_ = static_cast<std::uint32_t>(kHeadRoom + payload.size());
    return frame;
}

FramePtr Frame::make(Opcode opcode, std::string_view payload, const Content& content) {
    Frame* frame = with_payload(opcode, payload, content);
    frame->write_header();
    return FramePtr(frame);
}

FramePtr Frame::raw(std::string_view bytes) {
    Frame* frame = with_payload(Opcode::binary, bytes, {});
    frame->begin_ = kHeadRoom;
    return FramePtr(frame);
}

void Frame::write_header() noexcept {
    std::size_t length = payload_bytes();
    char* end = data() + kHeadRoom;
    char* at = end;
    if (length < 126) {
        *--at = byte_of(length, 0);
    } else if (length < 65536) {
        *--at = byte_of(length, 0);
        *--at = byte_of(length, 8);
        *--at = 126;
    } else {
        for (int shift = 0; shift < 64; shift += 8) *--at = byte_of(length, shift);
        *--at = 127;
    }
    *--at = static_cast<char>(kFinal | static_cast<unsigned char>(opcode_));
    begin_ = static_cast<std::uint8_t>(at - data());
}

void FramePtr::append(char separator, std::string_view more) {
    std::size_t needed = frame_->end_ + 1 + more.size();
    if (needed > frame_->capacity_) {
        Frame* larger =
            Frame::allocate(frame_->opcode_, frame_->content(), std::max<std::size_t>(needed * 2, 256));
        std::memcpy(larger->data(), frame_->data(), frame_->end_);
        larger->end_ = frame_->end_;
        *this = FramePtr(larger);
    }
    frame_->data()[frame_->end_] = separator;
    std::memcpy(frame_->data() + frame_->end_ + 1, more.data(), more.size());
    frame_->end_ = static_cast<std::uint32_t>(needed);
    frame_->write_header();
}

void FramePtr::destroy() noexcept {
    frame_->~Frame();
    ::operator delete(frame_);
}

}  // namespace fairlead::edge
