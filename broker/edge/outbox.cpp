// SPDX-License-Identifier: Apache-2.0
#include "edge/outbox.h"

#include <algorithm>
#include <cstring>

namespace fairlead::edge {
namespace {

constexpr std::size_t kMaxJoinedBytes = 32 * 1024;
constexpr std::size_t kKeptEntries = 16;  // room that an idle client may keep

}  // namespace

void Outbox::push(FramePtr frame) {
    bytes_ += frame->bytes().size();
    entries_.push_back(std::move(frame));
    open_ = false;
}

void Outbox::push_text(std::string_view text) {
    if (open_ && entries_.back()->payload_bytes() + text.size() < kMaxJoinedBytes) {
        bytes_ -= entries_.back()->bytes().size();
        entries_.back().append('\n', text);
        bytes_ += entries_.back()->bytes().size();
        return;
    }
    push(Frame::make(Opcode::text, text));
    open_ = true;
}

std::size_t Outbox::gather(char* buffer, std::size_t size) const {
    std::size_t filled = 0;
    std::size_t skip = offset_;
    for (std::size_t i = head_; i < entries_.size() && filled < size; ++i) {
        std::string_view bytes = entries_[i]->bytes().substr(skip);
        std::size_t part = std::min(bytes.size(), size - filled);
        std::memcpy(buffer + filled, bytes.data(), part);
        filled += part;
        skip = 0;
    }
    return filled;
}

void Outbox::consumed(std::size_t bytes) {
    bytes_ -= bytes;
    written_ += bytes;
    while (bytes > 0) {
        std::size_t left = entries_[head_]->bytes().size() - offset_;
        if (bytes < left) {
            offset_ += static_cast<std::uint32_t>(bytes);
            break;
        }
        bytes -= left;
        entries_[head_++] = FramePtr();
        offset_ = 0;
    }
    if (empty()) {
        entries_.clear();
        if (entries_.capacity() > kKeptEntries) entries_.shrink_to_fit();
        head_ = 0;
    } else if (head_ > 1024 && head_ * 2 > entries_.size()) {
        entries_.erase(entries_.begin(), entries_.begin() + head_);
        head_ = 0;
    }
    // The last entry may grow only while none of it has left.
    if (head_ + 1 >= entries_.size() && (offset_ > 0 || empty())) open_ = false;
}

void Outbox::withdraw(std::uint64_t channel) { remove_if_waiting(false, channel); }

void Outbox::clear() { remove_if_waiting(true, 0); }

void Outbox::remove_if_waiting(bool all, std::uint64_t channel) {
    auto first = entries_.begin() + head_ + (offset_ > 0 ? 1 : 0);
    auto last = std::remove_if(first, entries_.end(), [&](const FramePtr& frame) {
        bool remove = all || frame->channel() == channel;
        if (remove) bytes_ -= frame->bytes().size();
        return remove;
    });
    if (last == entries_.end()) return;
    entries_.erase(last, entries_.end());
    open_ = false;
}

}  // namespace fairlead::edge
