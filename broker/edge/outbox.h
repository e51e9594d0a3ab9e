// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "edge/conflation.h"
#include "edge/frame.h"

namespace fairlead::edge {

/// The one out-queue of a client: everything that it is to get, in order, counted to the byte on the wire.
/// Nothing overtakes: data of a channel may leave the queue unsent, or give its place to newer data of the
/// same, and what has begun to leave stays. Threads: the connection's edge thread.
class Outbox {
public:
    /// Places in the queue that move with it.
    enum class Mark : std::uint8_t {
        age,   ///< what waited when the client's silence was noted
        ping,  ///< the ping that waits for its pong
    };

    void push(FramePtr frame);

    /// Text of our own: what comes while the last entry is still such text and nothing of it has left joins the same
    /// message, separated by a newline, so that the replies of a turn are one message.
    void push_text(std::string_view text);

    /// Copies what comes next into `buffer`; 0 = the queue is empty.
    std::size_t gather(char* buffer, std::size_t size) const;
    /// That many bytes, from the front, were handed to the kernel.
    void consumed(std::size_t bytes);

    /// Puts it in the place of the newest that waits of its channel and key; false = none does.
    bool replace(const FramePtr& frame);
    /// Removes the data that has waited longest and may give way, and gives it; nothing = there is none. In
    /// all, the looking takes a step an entry.
    FramePtr drop_oldest();
    /// Removes what waits of a channel and gives how many that were; an entry that has begun to leave stays.
    std::size_t withdraw(std::uint64_t channel);
    /// Removes all that has not begun to leave, and gives how many of these were channels' data.
    std::size_t clear();
    /// How many entries of channels' data have not left.
    std::size_t data() const noexcept;

    /// Behind the last entry.
    void set(Mark mark) noexcept { marks_[index(mark)] = static_cast<std::uint32_t>(entries_.size()); }
    /// All that stood before it has left.
    bool passed(Mark mark) const noexcept { return head_ >= marks_[index(mark)]; }

    bool empty() const noexcept { return head_ == entries_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }
    /// What it takes up in memory, about: a small message costs more than its bytes. Limits go by this.
    std::size_t cost() const noexcept { return bytes_ + (entries_.size() - head_ - holes_) * kEntryCost; }
    static std::size_t cost_of(const Frame& frame) noexcept { return frame.bytes().size() + kEntryCost; }
    /// Of that, what is no channel's data, in bytes: answers and pushes, which are never dropped.
    std::size_t control_bytes() const noexcept { return control_bytes_; }
    /// Bytes handed over since the start.
    std::uint64_t written() const noexcept { return written_; }

private:
    static constexpr std::size_t kEntryCost = 64;  // the frame's own fields, its place in the heap and here

    static std::size_t index(Mark mark) noexcept { return static_cast<std::size_t>(mark); }
    std::uint32_t first_waiting() const noexcept { return head_ + (offset_ > 0 ? 1U : 0U); }
    void uncount(const Frame& frame) noexcept;
    template <typename Remove>
    std::size_t sweep(Remove remove);
    void advance_head();
    void trim();

    std::vector<FramePtr> entries_;  // empty ones are holes: what stood there was dropped
    std::uint32_t head_ = 0;         // entries before it are gone
    std::uint32_t offset_ = 0;       // bytes of the head entry that are gone
    std::uint32_t holes_ = 0;        // behind the head, which is none
    bool open_ = false;              // the last entry is text that may still grow
    std::size_t bytes_ = 0;
    std::size_t control_bytes_ = 0;
    std::uint64_t written_ = 0;
    // What clients that read do not need stands apart.
    std::array<std::uint32_t, 3> marks_{};    // of Mark, and one of drop_oldest
    std::unique_ptr<Conflation> conflation_;  // while somebody asks
};

}  // namespace fairlead::edge
