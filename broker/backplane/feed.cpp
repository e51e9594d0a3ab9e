// SPDX-License-Identifier: Apache-2.0
#include "backplane/feed.h"

#include <algorithm>

#include "wire/session_event.h"

namespace fairlead::backplane {
namespace {

constexpr std::size_t kOverheadBytes = 64;  // of keeping one, about

}  // namespace

std::size_t Feed::cost_of(const ToldEvent& event) noexcept {
    return event->size() + kOverheadBytes;
}

bool Feed::add(const ToldEvent& event, Origin origin) {
    const std::size_t cost = origin == Origin::live ? cost_of(event) : 0;
    if (cost > 0 && backlog_bytes_ + cost > limits_.backlog_bytes) return false;
    backlog_bytes_ += cost;
    kept_.push_back({event, origin});
    return true;
}

std::size_t Feed::drop_all() {
    const std::size_t dropped = kept_.size();
    front_ = cursor_ = last() + 2;
    due_ = front_ - 1;
    kept_.clear();
    kept_.shrink_to_fit();
    backlog_bytes_ = flight_bytes_ = 0;
    return dropped;
}

Feed::Batch Feed::next_batch() {
    Batch batch;
    batch.first = cursor_;
    const Extent next = next_extent();
    batch.count = next.count;
    if (next.count == 0) return batch;
    batch.payload.reserve(wire::kMaxToldHead + next.bytes);
    wire::begin_told(next.count, batch.payload);
    for (const std::uint64_t end = cursor_ + next.count; cursor_ < end; ++cursor_) {
        const ToldEvent& event = at(cursor_);
        batch.payload += *event;
        flight_bytes_ += cost_of(event);
    }
    told_ = std::max(told_, cursor_ - 1);
    return batch;
}

Feed::Extent Feed::next_extent() const noexcept {
    Extent extent;
    const std::size_t most = limits_.batch_bytes - wire::kMaxToldHead;
    std::size_t flight = flight_bytes_;
    for (std::uint64_t number = cursor_; number <= due_ && extent.count < limits_.batch_events; ++number) {
        const ToldEvent& event = at(number);
        if (extent.count > 0 && extent.bytes + event->size() > most) break;
        if (flight > 0 && flight + cost_of(event) > limits_.window_bytes) break;
        flight += cost_of(event);
        extent.bytes += event->size();
        ++extent.count;
    }
    return extent;
}

bool Feed::heard(std::uint64_t number) {
    if (number > told_) return false;
    while (!kept_.empty() && front_ <= number)
        forget_front();
    // The reader may have had them over its last connection.
    cursor_ = std::max(cursor_, front_);
    heard_ = std::max(heard_, number);
    return true;
}

void Feed::forget_front() noexcept {
    const Kept& gone = kept_.front();
    if (front_ < cursor_) flight_bytes_ -= cost_of(gone.event);
    if (gone.origin == Origin::live) backlog_bytes_ -= cost_of(gone.event);
    kept_.pop_front();
    ++front_;
}

void Feed::rewind() noexcept {
    cursor_ = front_;
    flight_bytes_ = 0;
    heard_ = front_ - 1;
}

}  // namespace fairlead::backplane
