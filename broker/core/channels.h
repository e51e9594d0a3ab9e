// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/client_key.h"
#include "core/hash.h"
#include "core/history.h"
#include "core/index.h"
#include "core/slab.h"

namespace fairlead::core {

/// The channels that have subscribers here, and how many of them on each edge thread. A channel without is
/// forgotten.
///
/// Threads: one.
class Channels {
public:
    Channels(std::size_t edges, const Hash& hash) : edges_(edges), hash_(hash) {}

    /// kNoRow if nobody is subscribed.
    Row find(std::string_view name) const;
    const std::string& name(Row row) const { return channels_[row].name; }

    /// One subscriber more on `edge`; the channel's row.
    Row add(std::string_view name, EdgeIndex edge);
    /// One less; the last one takes the channel with it.
    void remove(Row row, EdgeIndex edge);

    /// The channel's subscribers, by EdgeIndex.
    std::span<const std::uint32_t> subscribers(Row row) const;

    /// Where its subscribers stand, in a channel that keeps history; null = not known.
    std::unique_ptr<Position>& place(Row row) { return channels_[row].place; }

    /// Calls visit(Row) for the channels of the next `count` rows from `from` on, as long as it gives true. Where the next
    /// call begins; 0 = that was the last row.
    template <typename Visit>
    Row for_some(Row from, Row count, Visit&& visit) {
        bool more = true;
        for (; more && count > 0 && from < channels_.rows(); --count, ++from) {
            if (!channels_[from].name.empty()) more = visit(from);
        }
        return from < channels_.rows() ? from : 0;
    }

    /// Those without a channel too.
    std::size_t rows() const noexcept { return channels_.rows(); }
    /// Whether only one subscriber is left.
    bool has_one(Row row) const;

    std::size_t size() const noexcept { return channels_.size(); }

private:
    std::uint32_t* counts(Row row) { return counts_.data() + row * edges_; }

    const std::size_t edges_;
    Hash hash_;
    struct Channel {
        std::string name;
        std::unique_ptr<Position> place;
    };
    Slab<Channel> channels_;
    std::vector<std::uint32_t> counts_;  // edges_ of them a row
    Index by_name_;
};

}  // namespace fairlead::core
