// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace fairlead::detail {

/// Names a strand: a key of an endpoint or listener.
struct StrandKey {
    const void* of = nullptr;
    std::string key;

    bool operator<(const StrandKey& other) const { return std::tie(of, key) < std::tie(other.of, other.key); }
};

/// Who runs and who waits, by key: who comes first goes first, `alone` or beside others that need not be
/// alone. Nobody overtakes. A key costs memory only while somebody runs or waits there. What `start`
/// functions get may run from now on; they must not use the strands themselves. Threads: one.
template <typename Item>
class Strands {
public:
    /// Calls start(Item&&) if the item may run at once; else leave() or remove() will.
    template <typename Start>
    void enter(const StrandKey& key, Item item, bool alone, Start&& start) {
        Strand& strand = strands_[key];
        strand.waiting.push_back({std::move(item), alone});
        ++waiting_;
        run(strand, start);
    }

    /// One that ran has ended.
    template <typename Start>
    void leave(const StrandKey& key, Start&& start) {
        auto found = strands_.find(key);
        if (found == strands_.end()) return;
        --found->second.running;
        found->second.alone = false;
        settle(found, start);
    }

    /// Takes one out that waits; false if it does not.
    template <typename Start>
    bool remove(const StrandKey& key, const Item& item, Start&& start) {
        auto found = strands_.find(key);
        if (found == strands_.end()) return false;
        auto& waiting = found->second.waiting;
        auto place = std::find_if(waiting.begin(), waiting.end(),
                                  [&](const Entry& entry) { return entry.item == item; });
        if (place == waiting.end()) return false;
        waiting.erase(place);
        --waiting_;
        settle(found, start);
        return true;
    }

    std::size_t waiting() const noexcept { return waiting_; }
    /// Nobody runs or waits.
    bool empty() const noexcept { return strands_.empty(); }

private:
    struct Entry {
        Item item;
        bool alone;
    };
    struct Strand {
        std::deque<Entry> waiting;
        std::size_t running = 0;
        bool alone = false;  ///< the one that runs wants no other beside it
    };
    using Table = std::map<StrandKey, Strand>;  // ordered: chosen keys cannot make it slow

    template <typename Start>
    void run(Strand& strand, Start& start) {
        while (!strand.waiting.empty() && !strand.alone) {
            if (strand.waiting.front().alone && strand.running > 0) return;
            Entry next = std::move(strand.waiting.front());
            strand.waiting.pop_front();
            --waiting_;
            ++strand.running;
            strand.alone = next.alone;
            start(std::move(next.item));
        }
    }

    template <typename Start>
    void settle(typename Table::iterator found, Start& start) {
        run(found->second, start);
        if (found->second.running == 0 && found->second.waiting.empty()) strands_.erase(found);
    }

    Table strands_;
    std::size_t waiting_ = 0;
};

}  // namespace fairlead::detail
