// SPDX-License-Identifier: Apache-2.0
#include "edge/outbox.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fairlead::edge {
namespace {

constexpr std::size_t kMaxJoinedBytes = 32 * 1024;
constexpr std::size_t kKeptEntries = 16;  // room that an idle client may keep
constexpr std::uint32_t kMinHoles = 64;
constexpr std::size_t kNoneBefore = 2;  // the mark before which nothing may give way: looked at already

}  // namespace

void Outbox::push(FramePtr frame) {
    bytes_ += frame->bytes().size();
    if (frame->channel() == 0) control_bytes_ += frame->bytes().size();
    entries_.push_back(std::move(frame));
    open_ = false;
}

void Outbox::push_text(std::string_view text) {
    if (open_ && entries_.back()->payload_bytes() + text.size() < kMaxJoinedBytes) {
        uncount(*entries_.back());
        entries_.back().append('\n', text);
        bytes_ += entries_.back()->bytes().size();
        control_bytes_ += entries_.back()->bytes().size();
        return;
    }
    push(Frame::make(Opcode::text, text));
    open_ = true;
}

std::size_t Outbox::gather(char* buffer, std::size_t size) const {
    std::size_t filled = 0;
    std::size_t skip = offset_;
    for (std::size_t i = head_; i < entries_.size() && filled < size; ++i) {
        if (!entries_[i]) continue;
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
        const Frame& head = *entries_[head_];
        std::size_t part = std::min(bytes, head.bytes().size() - offset_);
        bytes -= part;
        if (head.channel() == 0) control_bytes_ -= part;
        offset_ += static_cast<std::uint32_t>(part);
        if (offset_ < head.bytes().size()) break;
        entries_[head_++] = FramePtr();
        offset_ = 0;
        if (holes_ > 0) advance_head();
    }
    trim();
    // The last entry may grow only while none of it has left.
    if (head_ + 1 >= entries_.size() && (offset_ > 0 || empty())) open_ = false;
}

bool Outbox::replace(const FramePtr& frame) {
    if (!conflation_) conflation_ = std::make_unique<Conflation>();
    const std::uint32_t place = conflation_->find(entries_, first_waiting(), *frame);
    if (place == Conflation::kNone) return false;
    bytes_ -= entries_[place]->bytes().size();
    bytes_ += frame->bytes().size();
    entries_[place] = frame;
    return true;
}

FramePtr Outbox::drop_oldest() {
    std::uint32_t& at = marks_[kNoneBefore];
    for (at = std::max(at, first_waiting()); at < entries_.size(); ++at) {
        if (!entries_[at] || !entries_[at]->droppable()) continue;
        FramePtr dropped = std::move(entries_[at]);
        uncount(*dropped);
        ++holes_;
        advance_head();
        trim();
        if (holes_ > kMinHoles && holes_ > entries_.size() / 2) sweep([](const Frame&) { return false; });
        return dropped;
    }
    return {};
}

std::size_t Outbox::withdraw(std::uint64_t channel) {
    return sweep([channel](const Frame& frame) { return frame.channel() == channel; });
}

std::size_t Outbox::clear() {
    const std::size_t before = data();
    sweep([](const Frame&) { return true; });
    return before - data();
}

std::size_t Outbox::data() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(entries_.begin() + head_, entries_.end(),
                      [](const FramePtr& entry) { return entry && entry->channel() != 0; }));
}

void Outbox::uncount(const Frame& frame) noexcept {
    bytes_ -= frame.bytes().size();
    if (frame.channel() == 0) control_bytes_ -= frame.bytes().size();
}

// The head is an entry, or the end.
void Outbox::advance_head() {
    while (head_ < entries_.size() && !entries_[head_]) {
        ++head_;
        --holes_;
    }
}

// Entries that are gone do not stay for long.
void Outbox::trim() {
    if (empty()) {
        entries_.clear();
        if (entries_.capacity() > kKeptEntries) entries_.shrink_to_fit();
        head_ = 0;
        marks_ = {};
        conflation_.reset();
    } else if (head_ > 1024 && head_ * 2 > entries_.size()) {
        entries_.erase(entries_.begin(), entries_.begin() + head_);
        for (std::uint32_t& mark : marks_)
            mark -= std::min(mark, head_);
        head_ = 0;
        conflation_.reset();
    }
}

// Takes out what `remove` says, and the holes.
template <typename Remove>
std::size_t Outbox::sweep(Remove remove) {
    const auto before = marks_;
    const std::uint32_t first = first_waiting();
    std::uint32_t to = first;
    std::size_t removed = 0;
    for (std::uint32_t from = first; from < entries_.size(); ++from) {
        FramePtr& entry = entries_[from];
        const bool goes = entry && remove(*entry);
        if (goes) {
            uncount(*entry);
            ++removed;
        }
        if (entry && !goes) {
            if (to != from) entries_[to] = std::move(entry);
            ++to;
            continue;
        }
        for (std::size_t i = 0; i < marks_.size(); ++i)
            marks_[i] -= before[i] > from ? 1U : 0U;
    }
    if (to == entries_.size()) return 0;
    entries_.resize(to);
    holes_ = 0;
    conflation_.reset();
    if (removed > 0) open_ = false;
    return removed;
}

}  // namespace fairlead::edge
