// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "backplane/rendezvous.h"
#include "unit/backplane/rig.h"

namespace fairlead::backplane::test {

/// A rig whose instances handle `b.*` by the segment of the star. Threads: one.
struct KeyedRig : Rig {
    std::string pattern = "b.*";
    std::string route_by = "segment:1";
    std::uint32_t window = 64;
    bool owner = false;
    bool idempotent = false;

    Instance& join(unsigned number) {
        wire::Endpoint frame = endpoint(pattern, window, idempotent);
        frame.route_by = route_by;
        frame.owner = owner;
        return Rig::join("s", number, {frame});
    }

    Route& route() { return *registry.find_pattern(pattern); }
    const RecordedOutlet::Sent& last() const { return outlet.requests.back(); }
    const RecordedOutlet::Lease& lease() const { return outlet.leases.back(); }

    /// A topic that belongs to this instance while all are idle.
    std::string topic_of(const Instance& instance) {
        for (int i = 0;; ++i) {
            std::string key = std::to_string(i);
            if (rendezvous(route(), key, clock.now())->instance == &instance) return "b." + key;
        }
    }

    /// The instance answers what was sent as the `index`-th.
    void answer(std::size_t index) {
        const RecordedOutlet::Sent& sent = outlet.requests.at(index);
        dispatch.answered(*registry.find(sent.link), sent.call, std::string("\x01"));
    }

    void release(Instance& instance, std::string_view key, std::uint64_t fence) {
        dispatch.release(instance, {pattern, key, fence});
    }
    void claim(Instance& instance, std::string_view key, std::uint64_t fence) {
        dispatch.claim(instance, {pattern, key, fence});
    }

    /// Time passes, in ticks.
    void pass(std::chrono::milliseconds time) {
        for (; time.count() > 0; time -= std::chrono::milliseconds(10)) {
            clock.advance(std::chrono::milliseconds(10));
            dispatch.tick();
            dispatch.deliver();
        }
    }

    /// The deadline of what the instance holds is over, and a second more. What waits has `longer` from then
    /// on.
    void stall(Instance& instance, std::chrono::seconds longer) {
        for (Pending* held = instance.calls.front(); held != nullptr; held = held->next)
            held->request.deadline = clock.now();
        for (auto& each : instance.endpoints) {
            for (Pending* waits = each->queue.front(); waits != nullptr; waits = waits->next)
                waits->request.deadline = clock.now() + longer;
        }
        pass(std::chrono::milliseconds(1200));
    }
};

}  // namespace fairlead::backplane::test
