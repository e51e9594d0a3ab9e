// SPDX-License-Identifier: Apache-2.0
#include "backplane/registry.h"

#include <algorithm>
#include <vector>

#include "backplane/greeting_check.h"
#include "backplane/rendezvous.h"

namespace fairlead::backplane {
namespace {

Greeted refuse(wire::Failure failure) {
    return Greeted{Welcomed::refused, nullptr, std::move(failure)};
}

bool names(const wire::Greeting& greeting, std::string_view topic) {
    return std::any_of(greeting.endpoints.begin(), greeting.endpoints.end(),
                       [&](const wire::Endpoint& endpoint) { return endpoint.topic == topic; });
}

}  // namespace

Greeted Registry::greet(const wire::Greeting& greeting, core::LinkId over, std::string_view key) {
    if (auto failure = check_greeting(greeting, options_)) return refuse(std::move(*failure));
    if (std::string why = find_conflict(greeting, key); !why.empty()) {
        return refuse(wire::failure(wire::Code::denied, std::move(why)));
    }
    auto known = by_uuid_.find(std::string(greeting.instance));
    Instance* instance = known == by_uuid_.end() ? nullptr : known->second;
    if (over != 0 && (instance == nullptr || instance->link != over)) {
        return refuse(wire::failure(wire::Code::denied, "a link cannot become another instance"));
    }
    if (instance != nullptr) {
        register_all(*instance, greeting);
        return Greeted{over == 0 ? Welcomed::takeover : Welcomed::again, instance, {}};
    }
    if (instances_.size() >= options_.max_links) {
        return refuse(
            wire::failure(wire::Code::limit_exceeded, "the broker has as many links as it may have"));
    }
    Instance& added = add(greeting, key);
    register_all(added, greeting);
    return Greeted{Welcomed::fresh, &added, {}};
}

std::string Registry::find_conflict(const wire::Greeting& greeting, std::string_view key) const {
    auto known = by_uuid_.find(std::string(greeting.instance));
    if (known != by_uuid_.end() && known->second->key != key) return "this instance belongs to another key";
    if (known != by_uuid_.end() && known->second->service != greeting.service) {
        return "this instance is registered as service `" + known->second->service + "`";
    }
    for (const wire::Endpoint& endpoint : greeting.endpoints) {
        const std::unique_ptr<Route>* route = routes_.find_exact(endpoint.topic);
        if (route == nullptr || (*route)->service == greeting.service) continue;
        return "topic `" + (*route)->pattern + "` belongs to service `" + (*route)->service + "`";
    }
    return {};
}

Instance& Registry::add(const wire::Greeting& greeting, std::string_view key) {
    auto instance = std::make_unique<Instance>();
    instance->link = ++last_link_;
    instance->key = key;
    instance->service = greeting.service;
    instance->uuid = greeting.instance;
    instance->hash = hash_of(instance->uuid);
    Instance& added = *instance;
    by_uuid_.emplace(added.uuid, &added);
    instances_.emplace(added.link, std::move(instance));
    return added;
}

void Registry::register_all(Instance& instance, const wire::Greeting& greeting) {
    instance.version = greeting.version;
    instance.sdk = greeting.sdk;
    instance.draining = false;
    for (auto& endpoint : instance.endpoints) {
        if (endpoint->route != nullptr && !names(greeting, endpoint->route->pattern)) close(*endpoint);
    }
    std::erase_if(instance.endpoints, [](const auto& endpoint) {
        return endpoint->route == nullptr && endpoint->load() == 0 && endpoint->keys == 0;
    });
    for (const wire::Endpoint& endpoint : greeting.endpoints)
        register_endpoint(instance, endpoint);
    instance.interests.clear();
    for (const wire::Interest& interest : greeting.interests) {
        std::string_view group = interest.group.empty() ? greeting.service : interest.group;
        instance.interests.push_back(Interest{std::string(interest.pattern), std::string(group)});
    }
}

void Registry::register_endpoint(Instance& instance, const wire::Endpoint& from) {
    auto [place, is_new] = routes_.insert(from.topic, nullptr);
    if (is_new) {
        *place = std::make_unique<Route>();
        (*place)->pattern = from.topic;
        (*place)->service = instance.service;
    }
    Route& route = **place;
    take_options(route, instance, from);
    Endpoint* endpoint = find_endpoint(instance, route);
    if (endpoint == nullptr) {
        instance.endpoints.push_back(std::make_unique<Endpoint>());
        endpoint = instance.endpoints.back().get();
        endpoint->instance = &instance;
        endpoint->route = &route;
        route.endpoints.push_back(endpoint);
    }
    endpoint->window = from.window;
    endpoint->timeout = from.timeout;
    endpoint->idempotent = from.idempotent;
    endpoint->held_until = {};
}

void Registry::take_options(Route& route, const Instance& instance, const wire::Endpoint& from) {
    take_option(route, instance, "route_by", route.route_by, *wire::parse_route_by(from.route_by));
    take_option(route, instance, "owner", route.owner, from.owner);
    take_option(route, instance, "schema", route.schema, std::string(from.schema));
}

template <typename T>
void Registry::take_option(Route& route, const Instance& instance, std::string_view name, T& has, T says) {
    if (has == says) return;
    has = std::move(says);
    const auto is_other = [&](const Endpoint* endpoint) { return endpoint->instance != &instance; };
    if (std::none_of(route.endpoints.begin(), route.endpoints.end(), is_other)) return;
    if (std::count(route.differing.begin(), route.differing.end(), name) != 0) return;
    route.differing.push_back(name);
    log_.warning("instances differ in an option of a topic: the newest holds",
                 {{"option", name},
                  {"topic", route.pattern},
                  {"service", route.service},
                  {"instance", instance.uuid},
                  {"version", instance.version}});
}

void Registry::close(Endpoint& endpoint) {
    std::erase(endpoint.route->endpoints, &endpoint);
    endpoint.route = nullptr;
}

Instance* Registry::find(core::LinkId link) const noexcept {
    auto found = instances_.find(link);
    return found == instances_.end() ? nullptr : found->second.get();
}

Route* Registry::find_route(std::string_view topic) noexcept {
    std::unique_ptr<Route>* found = routes_.find(topic);
    return found == nullptr ? nullptr : found->get();
}

Route* Registry::find_pattern(std::string_view pattern) noexcept {
    std::unique_ptr<Route>* found = routes_.find_exact(pattern);
    return found == nullptr ? nullptr : found->get();
}

Endpoint* Registry::find_endpoint(const Instance& instance, const Route& route) noexcept {
    const auto is_it = [&](const auto& endpoint) { return endpoint->route == &route; };
    const auto found = std::find_if(instance.endpoints.begin(), instance.endpoints.end(), is_it);
    return found == instance.endpoints.end() ? nullptr : found->get();
}

void Registry::detach(Instance& instance) {
    for (auto& endpoint : instance.endpoints) {
        if (endpoint->route != nullptr) close(*endpoint);
    }
    instance.draining = true;
}

void Registry::erase(Instance& instance) {
    by_uuid_.erase(instance.uuid);
    instances_.erase(instance.link);
}

void Registry::prune() {
    std::vector<std::string> unused;
    for_each_route([&](const Route& route) {
        if (route.endpoints.empty()) unused.push_back(route.pattern);
    });
    for (const std::string& pattern : unused)
        routes_.erase(pattern);
}

}  // namespace fairlead::backplane
