// SPDX-License-Identifier: Apache-2.0
#include "backplane/links.h"

namespace fairlead::backplane {

Link& Links::add(Instance& instance, std::string_view routing_id) {
    auto link = std::make_unique<Link>();
    link->instance = &instance;
    link->routing_id = routing_id;
    core::Caller caller;
    caller.service = instance.service;
    link->caller = std::make_shared<const core::Caller>(std::move(caller));
    Link& added = *link;
    by_route_[added.routing_id] = &added;
    links_[instance.link] = std::move(link);
    return added;
}

void Links::remove(Link& link) {
    std::erase_if(by_route_, [&](const auto& entry) { return entry.second == &link; });
    links_.erase(link.id());
}

Link* Links::find(core::LinkId id) noexcept {
    auto found = links_.find(id);
    return found == links_.end() ? nullptr : found->second.get();
}

Link* Links::find(std::string_view routing_id) noexcept {
    auto found = by_route_.find(routing_id);
    return found == by_route_.end() ? nullptr : found->second;
}

void Links::move(Link& link, std::string_view routing_id) {
    old_routes_.push_back(std::exchange(link.routing_id, std::string(routing_id)));
    by_route_[link.routing_id] = &link;
}

void Links::forget_old_routes() {
    for (const std::string& routing_id : old_routes_) {
        Link* link = find(routing_id);
        if (link != nullptr && link->routing_id != routing_id) by_route_.erase(routing_id);
    }
    old_routes_.clear();
}

void Links::end(Link& link, std::string why) {
    if (!link.ending.empty()) return;
    link.ending = std::move(why);
    ending_.push_back(link.id());
}

}  // namespace fairlead::backplane
