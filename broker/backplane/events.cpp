// SPDX-License-Identifier: Apache-2.0
#include "backplane/events.h"

#include <algorithm>
#include <utility>

#include "wire/session_event.h"

namespace fairlead::backplane {
namespace {

constexpr std::size_t kOverheadBytes = 256;  // header and bookkeeping of a copy, about

std::size_t cost_of(const core::Event& event) noexcept {
    return event.payload.size() + kOverheadBytes;
}

bool is_better(const Instance& a, const Instance& than) noexcept {
    return a.draining != than.draining ? than.draining : a.last_event < than.last_event;
}

}  // namespace

void Events::join(Instance& instance) {
    forget(instance);
    for (const Interest& interest : instance.interests) {
        if (wire::is_session_interest(interest.pattern)) continue;  // of the feeds
        Group& group = group_of(interest.group);
        std::vector<Member>& members = *interests_.insert(interest.pattern, {}).first;
        members.push_back({&instance, &group});
        if (std::count(group.instances.begin(), group.instances.end(), &instance) == 0) {
            group.instances.push_back(&instance);
        }
    }
    prune_groups();
    instance.events_wait = true;
    heard(instance);
}

void Events::leave(Instance& instance) {
    forget(instance);
    prune_groups();
}

void Events::forget(Instance& instance) {
    std::vector<std::string> unused;
    interests_.for_each([&](std::string_view pattern, std::vector<Member>& members) {
        std::erase_if(members, [&](const Member& member) { return member.instance == &instance; });
        if (members.empty()) unused.emplace_back(pattern);
    });
    for (const std::string& pattern : unused)
        interests_.erase(pattern);
    for (auto& [name, group] : groups_)
        std::erase(group->instances, &instance);
}

void Events::prune_groups() {
    std::erase_if(groups_, [this](auto& entry) {
        Group& group = *entry.second;
        if (!group.instances.empty()) return false;
        if (!group.queue.empty()) lose(group, "the last instance left", group.queue.size());
        return true;
    });
}

Events::Group& Events::group_of(const std::string& name) {
    std::unique_ptr<Group>& group = groups_[name];
    if (!group) {
        group = std::make_unique<Group>();
        group->name = std::make_shared<const std::string>(name);
    }
    return *group;
}

core::Emitted Events::emit(core::Event&& event) {
    ++counts_.emitted;
    core::Emitted emitted;
    auto shared = std::make_shared<const core::Event>(std::move(event));
    if (tap_ != nullptr) tap_->emitted(*shared);
    choose(shared->topic, cost_of(*shared));
    for (Group* group : chosen_) {
        bool direct = group->best != nullptr && group->queue.empty();
        bool kept = direct ? send(*group, *group->best, shared) : enqueue(*group, shared, false);
        ++(!kept ? emitted.dropped : direct ? emitted.reached : emitted.queued);
    }
    return emitted;
}

void Events::unsent(EventCopy&& copy) {
    --counts_.copies;
    choose(copy.event->topic, cost_of(*copy.event));
    auto is_it = [&](const Group* group) { return *group->name == *copy.group; };
    auto found = std::find_if(chosen_.begin(), chosen_.end(), is_it);
    if (found == chosen_.end()) {
        ++counts_.dropped;
        return log_.warning("an event was lost with the last instance of its group",
                            {{"group", *copy.group}});
    }
    Group& group = **found;
    if (group.best != nullptr) {
        send(group, *group.best, copy.event);
    } else {
        enqueue(group, copy.event, true);
    }
}

void Events::heard(Instance& instance) {
    instance.event_bytes = 0;
    if (!instance.events_wait) return;
    instance.events_wait = false;
    for (const Interest& interest : instance.interests) {
        if (auto found = groups_.find(interest.group); found != groups_.end()) pump(*found->second);
    }
}

void Events::tick() {
    const base::Steady oldest = clock_.now() - options_.event_queue_age;
    for (auto& [name, group] : groups_) {
        std::size_t dropped = 0;
        for (; !group->queue.empty() && group->queue.front().since < oldest; ++dropped)
            dequeue(*group);
        if (dropped > 0) lose(*group, "they waited too long", dropped);
    }
}

/// Finds the groups that want the topic and, for each, who may take a copy of so many bytes now.
void Events::choose(std::string_view topic, std::size_t bytes) {
    ++round_;
    chosen_.clear();
    interests_.find_all(topic, [&](std::vector<Member>& members) {
        for (Member& member : members) {
            Group& group = *member.group;
            if (std::exchange(group.round, round_) != round_) {
                group.best = nullptr;
                chosen_.push_back(&group);
            }
            if (!takes(*member.instance, bytes)) continue;
            if (group.best == nullptr || is_better(*member.instance, *group.best))
                group.best = member.instance;
        }
    });
}

bool Events::takes(const Instance& instance, std::size_t bytes) const noexcept {
    if (instance.congested) return false;
    return instance.event_bytes == 0 || instance.event_bytes + bytes <= options_.event_window_bytes;
}

bool Events::send(Group& group, Instance& instance, const std::shared_ptr<const core::Event>& event) {
    if (!outlet_.send_event(instance, EventCopy{event, group.name})) {
        lose(group, "the header is too long", 1);
        return false;
    }
    instance.event_bytes += cost_of(*event);
    instance.last_event = ++sends_;
    ++counts_.copies;
    return true;
}

bool Events::enqueue(Group& group, const std::shared_ptr<const core::Event>& event, bool first) {
    std::size_t bytes = cost_of(*event);
    if (group.queued_bytes + bytes > options_.event_queue_bytes) {
        lose(group, "the queue is full", 1);
        return false;
    }
    if (group.queue.empty()) {
        for (Instance* instance : group.instances)
            instance->events_wait = true;
    }
    Queued queued{event, clock_.now()};
    first ? group.queue.push_front(std::move(queued)) : group.queue.push_back(std::move(queued));
    group.queued_bytes += bytes;
    ++counts_.queued;
    return true;
}

Events::Queued Events::dequeue(Group& group) {
    Queued queued = std::move(group.queue.front());
    group.queue.pop_front();
    group.queued_bytes -= cost_of(*queued.event);
    return queued;
}

void Events::pump(Group& group) {
    while (!group.queue.empty()) {
        const Queued& next = group.queue.front();
        choose(next.event->topic, cost_of(*next.event));
        bool wanted = group.round == round_;
        if (wanted && group.best == nullptr) {
            for (Instance* instance : group.instances)
                instance->events_wait = true;
            return;
        }
        Queued queued = dequeue(group);
        if (wanted) {
            send(group, *group.best, queued.event);
        } else {
            lose(group, "no instance wants the topic any more", 1);
        }
    }
    group.losing = false;
}

void Events::lose(Group& group, std::string_view why, std::size_t copies) {
    counts_.dropped += copies;
    if (std::exchange(group.losing, true)) return;
    log_.warning("events for a group are lost", {{"group", *group.name}, {"why", why}, {"events", copies}});
}

}  // namespace fairlead::backplane
