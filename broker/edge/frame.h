// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/slow_reader.h"

namespace fairlead::edge {

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

class FramePtr;

/// What a frame carries, and with it what may happen to it in the queue of a client that does not read.
struct Content {
    std::uint64_t channel = 0;  ///< the channel (Channel::id of this thread) whose data it is; 0 = control
    std::uint64_t key = 0;      ///< hash of what it says something new of; 0 = the whole channel
    core::SlowReader policy = core::SlowReader::disconnect;
    bool recoverable = false;  ///< who misses it can get it again, so that a hole in the channel is told
};

/// One WebSocket frame of the server, header and payload, as it goes to the wire. A publication is one frame in the
/// queues of all its receivers. A frame that has one holder can grow, so that replies of a turn share a message.
/// Threads: one edge thread for the frame's whole life (the count of holders is not atomic).
class Frame {
public:
    ~Frame() = default;
    static FramePtr make(Opcode opcode, std::string_view payload, const Content& content = {});
    /// Bytes that are no message of ours: an HTTP answer, a frame that is complete already.
    static FramePtr raw(std::string_view bytes);

    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

    std::string_view bytes() const noexcept { return {data() + begin_, end_ - begin_}; }
    std::size_t payload_bytes() const noexcept { return end_ - kHeadRoom; }
    std::uint64_t channel() const noexcept { return channel_; }
    Content content() const noexcept { return {channel_, key_, policy_, recoverable_}; }
    /// It may give way in the queue of a client that does not read.
    bool droppable() const noexcept { return channel_ != 0 && policy_ != core::SlowReader::disconnect; }
    /// A newer one of its channel and key may take its place. Not where a hole would have to be recovered.
    bool conflates() const noexcept {
        return channel_ != 0 && policy_ == core::SlowReader::conflate && !recoverable_;
    }

private:
    friend class FramePtr;
    static constexpr std::size_t kHeadRoom = 10;  // the longest header of an unmasked frame

    Frame(Opcode opcode, const Content& content, std::size_t capacity)
        : channel_(content.channel),
          key_(content.key),
          capacity_(static_cast<std::uint32_t>(capacity)),
          opcode_(opcode),
          policy_(content.policy),
          recoverable_(content.recoverable) {}

    char* data() noexcept { return reinterpret_cast<char*>(this + 1); }
    const char* data() const noexcept { return reinterpret_cast<const char*>(this + 1); }
    void write_header() noexcept;
    static Frame* with_payload(Opcode opcode, std::string_view payload, const Content& content);
    static Frame* allocate(Opcode opcode, const Content& content, std::size_t capacity);

    std::uint64_t channel_;
    std::uint64_t key_;
    std::uint32_t holders_ = 1;
    std::uint32_t end_ = kHeadRoom;
    std::uint32_t capacity_;
    std::uint8_t begin_ = 0;
    Opcode opcode_;
    core::SlowReader policy_;
    bool recoverable_;
};

/// Holds a Frame, or nothing. Threads: as Frame.
class FramePtr {
public:
    FramePtr() = default;
    explicit FramePtr(Frame* adopted) noexcept : frame_(adopted) {}
    FramePtr(const FramePtr& other) noexcept : frame_(other.frame_) {
        if (frame_ != nullptr) ++frame_->holders_;
    }
    FramePtr(FramePtr&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    FramePtr& operator=(FramePtr other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~FramePtr() {
        if (frame_ != nullptr && --frame_->holders_ == 0) destroy();
    }

    explicit operator bool() const noexcept { return frame_ != nullptr; }
    const Frame& operator*() const noexcept { return *frame_; }
    const Frame* operator->() const noexcept { return frame_; }

    /// Adds `separator` and `more` to the payload. The frame must have no other holder.
    void append(char separator, std::string_view more);

private:
    void destroy() noexcept;

    Frame* frame_ = nullptr;
};

}  // namespace fairlead::edge
