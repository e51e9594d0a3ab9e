// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "edge/frame.h"

namespace fairlead::edge {

/// The one out-queue of a client: everything that it is to get, in order, counted to the byte on the wire.
/// Threads: the connection's edge thread.
class Outbox {
public:
    void push(FramePtr frame);

    /// Text of our own: what comes while the last entry is still such text and nothing of it has left joins the same
    /// message, separated by a newline, so that the replies of a turn are one message.
    void push_text(std::string_view text);

    /// Copies what comes next into `buffer`; 0 = the queue is empty.
    std::size_t gather(char* buffer, std::size_t size) const;
    /// That many bytes, from the front, were handed to the kernel.
    void consumed(std::size_t bytes);

    /// Removes what waits of a channel; an entry that has begun to leave stays.
    void withdraw(std::uint64_t channel);
    /// Removes all that has not begun to leave.
    void clear();

    bool empty() const noexcept { return head_ == entries_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }
    /// What it takes up in memory, about: a small message costs more than its bytes. Limits go by this.
    std::size_t cost() const noexcept { return bytes_ + (entries_.size() - head_) * kEntryCost; }
    /// Bytes put in and handed over since the start: a place in the stream of this client.
    std::uint64_t written() const noexcept { return written_; }
    std::uint64_t end() const noexcept { return written_ + bytes_; }

private:
    static constexpr std::size_t kEntryCost = 64;  // the frame's own fields, its place in the heap and here

    void remove_if_waiting(bool all, std::uint64_t channel);

    std::vector<FramePtr> entries_;
    std::uint32_t head_ = 0;    // entries before it are gone
    std::uint32_t offset_ = 0;  // bytes of the head entry that are gone
    bool open_ = false;         // the last entry is text that may still grow
    std::size_t bytes_ = 0;
    std::uint64_t written_ = 0;
};

}  // namespace fairlead::edge
