// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "backplane/pending_list.h"
#include "base/clock.h"

namespace fairlead::backplane {

struct Endpoint;
struct Route;

/// What keeps requests of a route together: they go to one endpoint, in order. It is there while it has
/// requests or a lease.
struct Key {
    Route* route = nullptr;
    std::string_view name;         ///< in the table
    Endpoint* endpoint = nullptr;  ///< where its requests go; of a lease: the owner. Set with bind()
    std::uint32_t requests = 0;    ///< without an outcome

    // of a lease
    std::uint64_t fence = 0;  ///< 0 = none
    bool ending = false;      ///< the owner was told that it ends; its release is awaited
    base::Steady ends{};      ///< when that is awaited no longer
    PendingList waiting;      ///< requests that wait for the end of the lease

    bool leased() const noexcept { return fence != 0; }
};

/// The keys of one route, by name. A key stays where it is until it is erased. Peers choose the names, so it
/// is a tree: there are none that make a search long. Threads: one.
class KeyTable {
public:
    bool empty() const noexcept { return keys_.empty(); }
    std::size_t size() const noexcept { return keys_.size(); }

    Key* find(std::string_view name) noexcept {
        const auto found = keys_.find(name);
        return found == keys_.end() ? nullptr : &found->second;
    }

    /// The key of that name, made if there is none.
    Key& get(Route& route, std::string_view name) {
        const auto found = keys_.lower_bound(name);
        if (found != keys_.end() && found->first == name) return found->second;
        const auto made = keys_.emplace_hint(found, std::string(name), Key());
        made->second.route = &route;
        made->second.name = made->first;
        return made->second;
    }

    void erase(const Key& key) { keys_.erase(keys_.find(key.name)); }

    /// `visit` must not change the table.
    template <typename Visit>
    void for_each(Visit&& visit) {
        for (auto& [name, key] : keys_)
            visit(key);
    }

private:
    std::map<std::string, Key, std::less<>> keys_;
};

}  // namespace fairlead::backplane
