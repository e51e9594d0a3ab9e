// SPDX-License-Identifier: Apache-2.0
#include "backplane/liveness.h"

#include <utility>

namespace fairlead::backplane {

void Liveness::greeted(Instance& instance) const {
    instance.heard = instance.sent = clock_.now();
    instance.next_heartbeat = clock_.now() + options_.heartbeat;
}

const Liveness::Due& Liveness::sweep(Registry& registry) {
    const base::Steady now = clock_.now();
    const base::Steady::duration since_last = now - std::exchange(last_sweep_, now).value_or(now);
    // Stopped or starved: what peers sent meanwhile may not even have reached our socket yet.
    const bool paused = since_last > options_.dead_after / 3;
    due_.heartbeats.clear();
    due_.probes.clear();
    due_.silence = false;
    registry.for_each([&](Instance& instance) {
        if (paused) instance.heard += since_last;
        if (now >= instance.next_heartbeat) {
            instance.next_heartbeat = now + options_.heartbeat;
            due_.heartbeats.push_back(&instance);
        } else if (instance.outstanding > 0 && !instance.congested && now - instance.sent >= options_.probe) {
            due_.probes.push_back(&instance);
        }
        due_.silence = due_.silence || is_silent(instance);
    });
    return due_;
}

}  // namespace fairlead::backplane
