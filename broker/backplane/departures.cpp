// SPDX-License-Identifier: Apache-2.0
#include "backplane/departures.h"

#include <utility>

namespace fairlead::backplane {

void Departures::settle() {
    if (std::exchange(silence_, false)) find_silent();
    for (core::LinkId id : parts_.links.take_ending()) {
        Link* link = parts_.links.find(id);
        // A new connection may have taken it over meanwhile.
        if (link != nullptr && !link->ending.empty()) end(*link);
    }
}

void Departures::find_silent() {
    parts_.links.for_each([this](Link& link) {
        if (parts_.liveness.is_silent(*link.instance)) parts_.links.end(link, "it was silent for too long");
    });
}

void Departures::end(Link& link) {
    log(link);
    if (!link.said_goodbye) ++parts_.counts.lost;
    Instance& instance = *link.instance;
    Outbound::Unsent unsent = parts_.outbound.withdraw(link);
    parts_.registry.detach(instance);
    parts_.events.leave(instance);
    parts_.feeds.leave(instance);
    parts_.dispatch.leaving(instance);
    parts_.give_to_others(std::move(unsent));
    parts_.dispatch.lost(instance);
    parts_.dispatch.rebalance();
    parts_.registry.prune();
    broker_->abandon_all(instance.link);
    parts_.links.remove(link);
    parts_.registry.erase(instance);
}

void Departures::log(const Link& link) {
    const Instance& instance = *link.instance;
    base::LogLevel level = link.said_goodbye ? base::LogLevel::info : base::LogLevel::warning;
    if (!parts_.log.enabled(level)) return;
    parts_.log.write(level, "a service left",
                     {{"service", instance.service},
                      {"instance", instance.uuid},
                      {"link", instance.link},
                      {"why", link.ending},
                      {"outstanding", instance.outstanding}});
}

void Departures::share_out() {
    for (core::LinkId id : parts_.outbound.take_newly_congested()) {
        Link* link = parts_.links.find(id);
        if (link != nullptr && link->instance->congested)
            parts_.give_to_others(parts_.outbound.withdraw(*link));
    }
    for (core::LinkId id : parts_.outbound.take_relieved()) {
        Link* link = parts_.links.find(id);
        if (link == nullptr) continue;
        parts_.events.heard(*link->instance);
        parts_.dispatch.rebalance();
    }
}

}  // namespace fairlead::backplane
