// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "core/slow_reader.h"

namespace fairlead::testing {

/// Something on its way to a client.
struct Delivery {
    std::size_t cost = 0;          ///< bytes of its frame, and what it takes up beside
    std::function<void()> arrive;  ///< it has been read
    std::string channel{};         ///< empty: an answer or a push, which is never dropped
    std::string key{};
    core::SlowReader policy = core::SlowReader::disconnect;
    bool recoverable = false;
    base::Steady since{};

    bool is_data() const noexcept { return !channel.empty(); }
    bool conflates() const noexcept { return policy == core::SlowReader::conflate && !recoverable; }
};

/// What waits for a client that does not read, under the limits and policies of edge/lag.h. Here the age of
/// the oldest delivery is known, where the edge knows it within a factor of two. Threads: one at a time.
class ClientQueue {
public:
    ClientQueue(std::size_t max_bytes, std::chrono::milliseconds max_age)
        : max_bytes_(max_bytes), max_age_(max_age) {}

    enum class Fate : std::uint8_t { kept, dropped, close };
    Fate push(Delivery&& delivery, base::Steady now);

    /// What waits of a channel is of no use any more.
    void withdraw(const std::string& channel);
    void clear();
    /// All, in order.
    std::deque<Delivery> take();
    /// Channels in which something that can be recovered was dropped; nothing more of them is kept.
    std::set<std::string> take_gaps() { return std::exchange(gaps_, {}); }

    std::size_t bytes() const noexcept { return bytes_; }
    std::chrono::milliseconds age(base::Steady now) const;
    std::uint64_t dropped() const noexcept { return dropped_; }

private:
    Fate append(Delivery&& delivery, base::Steady now);
    bool replace(Delivery& delivery);
    bool shrink(std::size_t most);
    bool late(base::Steady now) const { return max_age_.count() > 0 && age(now) > max_age_; }

    const std::size_t max_bytes_;
    const std::chrono::milliseconds max_age_;
    std::deque<Delivery> waiting_;
    std::set<std::string> gaps_;
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace fairlead::testing
