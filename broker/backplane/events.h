// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backplane/options.h"
#include "backplane/outlet.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/tap.h"
#include "wire/topic_map.h"

namespace fairlead::backplane {

/// One copy of an event to each interested group: to the instance of it that waited longest for one. An
/// instance has a window: so many bytes until its next sign of life. While all windows of a group are full
/// its events wait in a queue, bounded in bytes and age. What is lost is counted, logged once until the queue
/// is empty again, and told to the emitter if it is known then. Threads: one, core's.
class Events {
public:
    struct Counts {
        std::uint64_t emitted = 0;
        std::uint64_t copies = 0;   ///< handed to links
        std::uint64_t queued = 0;   ///< had to wait
        std::uint64_t dropped = 0;  ///< copies that were lost
    };

    Events(const Options& options, const base::Clock& clock, base::Log& log, Outlet& outlet)
        : options_(options), clock_(clock), log_(log), outlet_(outlet) {}

    /// Takes the instance's interests as they are now, in place of earlier ones; those in session events are not its
    /// own.
    void join(Instance& instance);
    /// What waits for a group without any instance is lost.
    void leave(Instance& instance);

    core::Emitted emit(core::Event&& event);
    /// Is told of each event from now on; it lives as long.
    void tap(core::Tap& tap) noexcept { tap_ = &tap; }

    /// A copy did not leave: another instance of the group gets it.
    void unsent(EventCopy&& copy);

    /// A sign of life of the instance: its window is open again.
    void heard(Instance& instance);

    /// Drops what has waited too long.
    void tick();

    Counts counts() const noexcept { return counts_; }

private:
    struct Queued {
        std::shared_ptr<const core::Event> event;
        base::Steady since;
    };
    struct Group {
        std::shared_ptr<const std::string> name;
        std::vector<Instance*> instances;
        std::deque<Queued> queue;
        std::size_t queued_bytes = 0;
        bool losing = false;       ///< a loss was logged, and the queue was not empty since
        std::uint64_t round = 0;   ///< the last choice that looked at this group
        Instance* best = nullptr;  ///< of that choice
    };
    struct Member {
        Instance* instance;
        Group* group;
    };

    void forget(Instance& instance);
    void prune_groups();
    Group& group_of(const std::string& name);
    void choose(std::string_view topic, std::size_t bytes);
    bool takes(const Instance& instance, std::size_t bytes) const noexcept;
    bool send(Group& group, Instance& instance, const std::shared_ptr<const core::Event>& event);
    bool enqueue(Group& group, const std::shared_ptr<const core::Event>& event, bool first);
    Queued dequeue(Group& group);
    void pump(Group& group);
    void lose(Group& group, std::string_view why, std::size_t copies);

    const Options& options_;
    const base::Clock& clock_;
    base::Log& log_;
    Outlet& outlet_;
    core::Tap* tap_ = nullptr;  ///< nullptr: nobody looks on
    std::unordered_map<std::string, std::unique_ptr<Group>> groups_;
    wire::TopicMap<std::vector<Member>> interests_;
    std::vector<Group*> chosen_;  ///< groups of the last choice
    std::uint64_t round_ = 0;
    std::uint64_t sends_ = 0;
    Counts counts_;
};

}  // namespace fairlead::backplane
