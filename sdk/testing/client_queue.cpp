// SPDX-License-Identifier: Apache-2.0
#include "testing/client_queue.h"

#include <algorithm>

namespace fairlead::testing {

using core::SlowReader;

ClientQueue::Fate ClientQueue::push(Delivery&& delivery, base::Steady now) {
    if (!delivery.is_data()) {
        const bool room = delivery.cost <= max_bytes_ && shrink(max_bytes_ - delivery.cost);
        return room ? append(std::move(delivery), now) : Fate::close;
    }
    if (gaps_.count(delivery.channel) != 0) {
        ++dropped_;
        return Fate::dropped;
    }
    if (delivery.conflates() && replace(delivery)) {
        shrink(max_bytes_);  // it may be larger than the one before
        return Fate::kept;
    }
    const bool full = bytes_ + delivery.cost > max_bytes_;
    const bool old = late(now) && !delivery.conflates();
    if (!full && !old) return append(std::move(delivery), now);
    if (delivery.policy == SlowReader::disconnect) return Fate::close;
    if (delivery.recoverable) {
        gaps_.insert(delivery.channel);
    } else if (delivery.policy != SlowReader::drop_newest) {
        const std::size_t most = old ? std::min(bytes_, max_bytes_) : max_bytes_;
        if (delivery.cost <= most && shrink(most - delivery.cost)) return append(std::move(delivery), now);
    }
    ++dropped_;
    return Fate::dropped;
}

ClientQueue::Fate ClientQueue::append(Delivery&& delivery, base::Steady now) {
    bytes_ += delivery.cost;
    delivery.since = now;
    waiting_.push_back(std::move(delivery));
    return Fate::kept;
}

bool ClientQueue::replace(Delivery& delivery) {
    for (auto each = waiting_.rbegin(); each != waiting_.rend(); ++each) {
        if (each->channel != delivery.channel || each->key != delivery.key || !each->conflates()) continue;
        bytes_ += delivery.cost - each->cost;
        delivery.since = each->since;
        *each = std::move(delivery);
        return true;
    }
    return false;
}

bool ClientQueue::shrink(std::size_t most) {
    while (bytes_ > most) {
        const auto oldest = std::find_if(waiting_.begin(), waiting_.end(), [](const Delivery& each) {
            return each.is_data() && each.policy != SlowReader::disconnect;
        });
        if (oldest == waiting_.end()) return false;
        ++dropped_;
        bytes_ -= oldest->cost;
        const std::string channel = oldest->recoverable ? oldest->channel : std::string();
        waiting_.erase(oldest);
        if (channel.empty()) continue;
        // Behind a hole nothing of the channel is of use: it comes again.
        gaps_.insert(channel);
        withdraw(channel);
    }
    return true;
}

void ClientQueue::withdraw(const std::string& channel) {
    const auto gone = std::remove_if(waiting_.begin(), waiting_.end(), [&](const Delivery& each) {
        if (each.channel != channel) return false;
        bytes_ -= each.cost;
        return true;
    });
    waiting_.erase(gone, waiting_.end());
}

void ClientQueue::clear() {
    waiting_.clear();
    bytes_ = 0;
}

std::deque<Delivery> ClientQueue::take() {
    bytes_ = 0;
    return std::exchange(waiting_, {});
}

std::chrono::milliseconds ClientQueue::age(base::Steady now) const {
    if (waiting_.empty()) return {};
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - waiting_.front().since);
}

}  // namespace fairlead::testing
