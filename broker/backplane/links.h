// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backplane/link.h"

namespace fairlead::backplane {

/// Routing ids as keys that are looked up without a copy.
struct RouteHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view routing_id) const noexcept {
        return std::hash<std::string_view>()(routing_id);
    }
};
template <typename T>
using ByRoute = std::unordered_map<std::string, T, RouteHash, std::equal_to<>>;

/// All links, by instance and by the peer's routing id.
/// Threads: one, core's.
class Links {
public:
    Link& add(Instance& instance, std::string_view routing_id);
    void remove(Link& link);

    Link* find(core::LinkId id) noexcept;
    Link* find(std::string_view routing_id) noexcept;

    /// The instance has a new connection. What still comes in over the old one is the link's, until
    /// forget_old_routes().
    void move(Link& link, std::string_view routing_id);
    void forget_old_routes();

    /// Marks a link that has to end; the first cause stands.
    void end(Link& link, std::string why);
    std::vector<core::LinkId> take_ending() noexcept { return std::exchange(ending_, {}); }
    bool any_ending() const noexcept { return !ending_.empty(); }

    template <typename Visit>
    void for_each(Visit&& visit) {
        for (auto& [id, link] : links_)
            visit(*link);
    }
    std::size_t size() const noexcept { return links_.size(); }

private:
    std::unordered_map<core::LinkId, std::unique_ptr<Link>> links_;
    ByRoute<Link*> by_route_;
    std::vector<std::string> old_routes_;
    std::vector<core::LinkId> ending_;
};

}  // namespace fairlead::backplane
