// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "backplane/instance.h"
#include "backplane/options.h"
#include "backplane/route.h"
#include "base/log.h"
#include "wire/error.h"
#include "wire/frame.h"
#include "wire/topic_map.h"

namespace fairlead::backplane {

enum class Welcomed : std::uint8_t {
    refused,
    fresh,     ///< an instance that was not known
    again,     ///< a known one over its own link: its endpoints are replaced
    takeover,  ///< a known one that lost its connection: it keeps its link id and its outstanding requests
};

struct Greeted {
    Welcomed how = Welcomed::refused;
    Instance* instance = nullptr;  ///< nullptr when refused
    wire::Failure failure;         ///< when refused
};

/// Which instances are there, and who handles which topic. A topic or equal pattern belongs to one service
/// name as long as an instance of it is registered. Where instances differ in an option that is the topic's,
/// the newest registration holds, and that is logged once. Threads: one, core's.
class Registry {
public:
    Registry(const Options& options, base::Log& log) : options_(options), log_(log) {}

    /// `over` is the link that the greeting came over, 0 when its sender has none; `key` is the sender's,
    /// empty without keys. Changes nothing when it refuses.
    Greeted greet(const wire::Greeting& greeting, core::LinkId over, std::string_view key = {});

    Instance* find(core::LinkId link) const noexcept;

    /// By the most specific pattern that covers `topic`.
    Route* find_route(std::string_view topic) noexcept;

    /// That of exactly this topic or pattern.
    Route* find_pattern(std::string_view pattern) noexcept;
    static Endpoint* find_endpoint(const Instance& instance, const Route& route) noexcept;

    /// Ends an instance in two steps, so that what it held can be settled in between: none of its endpoints
    /// is chosen after detach(), and erase() forgets it. It must hold no request then.
    void detach(Instance& instance);
    void erase(Instance& instance);

    /// Forgets the routes that no instance handles any more; their queues must be empty.
    void prune();

    template <typename Visit>
    void for_each(Visit&& visit) {
        for (auto& [link, instance] : instances_)
            visit(*instance);
    }

    /// `visit` must not change the registry.
    template <typename Visit>
    void for_each_route(Visit&& visit) {
        routes_.for_each([&](std::string_view, std::unique_ptr<Route>& route) { visit(*route); });
    }

    std::size_t size() const noexcept { return instances_.size(); }

private:
    std::string find_conflict(const wire::Greeting& greeting, std::string_view key) const;
    Instance& add(const wire::Greeting& greeting, std::string_view key);
    void register_all(Instance& instance, const wire::Greeting& greeting);
    void register_endpoint(Instance& instance, const wire::Endpoint& endpoint);
    void take_options(Route& route, const Instance& instance, const wire::Endpoint& from);
    template <typename T>
    void take_option(Route& route, const Instance& instance, std::string_view name, T& has, T says);
    void close(Endpoint& endpoint);

    const Options& options_;
    base::Log& log_;
    core::LinkId last_link_ = 0;
    std::map<core::LinkId, std::unique_ptr<Instance>> instances_;
    std::unordered_map<std::string, Instance*> by_uuid_;
    wire::TopicMap<std::unique_ptr<Route>> routes_;
};

}  // namespace fairlead::backplane
