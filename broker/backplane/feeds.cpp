// SPDX-License-Identifier: Apache-2.0
#include "backplane/feeds.h"

#include <algorithm>
#include <utility>

#include "wire/session_event.h"

namespace fairlead::backplane {
namespace {

template <typename Members>
auto find_member(Members& members, const Instance& instance) {
    return std::find_if(members.begin(), members.end(),
                        [&](const auto& member) { return member.instance == &instance; });
}

}  // namespace

// ---- groups and their members

void Feeds::join(Instance& instance) {
    std::map<std::string, SubjectSet> wanted;
    for (const Interest& interest : instance.interests) {
        if (const auto subjects = subjects_of(interest.pattern))
            wanted[interest.group].set(index_of(*subjects));
    }
    for (auto& [name, group] : groups_) {
        if (group.reader == &instance) group.feed.rewind();
    }
    set_members(instance, wanted);
    changed();
}

void Feeds::leave(Instance& instance) {
    set_members(instance, {});
    changed();
}

void Feeds::drain(Instance& instance) {
    for (auto& [name, group] : groups_) {
        if (group.reader == &instance) group.since = clock_.now();
    }
    changed();
}

std::optional<core::Subjects> Feeds::subjects_of(std::string_view interest) noexcept {
    if (interest == wire::kSessionInterest) return core::Subjects::sessions;
    if (interest == wire::kUserInterest) return core::Subjects::users;
    if (interest == wire::kChannelInterest) return core::Subjects::channels;
    return std::nullopt;
}

void Feeds::set_members(Instance& instance, const std::map<std::string, SubjectSet>& wanted) {
    for (const auto& [name, subjects] : wanted) {
        Group& group = group_of(name);
        const auto known = find_member(group.members, instance);
        if (known == group.members.end()) {
            group.members.push_back({&instance, subjects});
        } else {
            known->subjects = subjects;
        }
        update_subjects(group);
    }
    for (auto& [name, group] : groups_) {
        if (wanted.find(name) == wanted.end()) remove_member(group, instance);
    }
}

Feeds::Group& Feeds::group_of(const std::string& name) {
    const auto known = groups_.find(name);
    if (known != groups_.end()) return known->second;
    return groups_
        .emplace(name, Group{name, Feed(next_first_, options_.feed), {}, {}, nullptr, {}, {}, false, false})
        .first->second;
}

void Feeds::remove_member(Group& group, const Instance& instance) {
    const auto found = find_member(group.members, instance);
    if (found == group.members.end()) return;
    group.members.erase(found);
    if (group.reader == &instance) set_reader(group, nullptr);
    update_subjects(group);
    if (group.members.empty()) group.since = clock_.now();
}

/// What nobody listens to any more is told no more; what is new comes with a snapshot.
void Feeds::update_subjects(Group& group) {
    if (group.members.empty()) return;
    SubjectSet now;
    for (const Member& member : group.members)
        now |= member.subjects;
    Snapshot& snapshot = group.snapshot;
    snapshot.left = (snapshot.left | (now & ~group.subjects)) & now;
    if (snapshot.current && !now.test(index_of(*snapshot.current))) snapshot.current.reset();
    group.subjects = now;
}

/// After members came, went or began to drain.
void Feeds::changed() {
    bound_orphans();
    count_listeners();
    for (auto& [name, group] : groups_) {
        choose_reader(group);
        pump(group);
    }
}

void Feeds::count_listeners() {
    listeners_ = {};
    for (const auto& [name, group] : groups_) {
        for (std::size_t i = 0; i < kSubjects; ++i)
            listeners_[i] += group.subjects.test(i) ? 1 : 0;
    }
}

void Feeds::bound_orphans() {
    for (auto group = groups_.begin(); group != groups_.end();) {
        const auto next = std::next(group);
        if (is_over(group->second)) forget(group);
        group = next;
    }
    while (counts().orphans > options_.max_orphans) {
        auto oldest = groups_.end();
        for (auto group = groups_.begin(); group != groups_.end(); ++group) {
            if (!group->second.members.empty()) continue;
            if (oldest == groups_.end() || group->second.since < oldest->second.since) oldest = group;
        }
        forget(oldest);
    }
}

/// A group that is to get a snapshot anyway is as good as one that is not known.
bool Feeds::is_over(const Group& group) const {
    if (!group.members.empty()) return false;
    return group.overflowed || clock_.now() - group.since >= options_.orphaned;
}

void Feeds::forget(Groups::iterator group) {
    next_first_ = std::max(next_first_, group->second.feed.last() + 2);
    ++counts_.forgotten;
    groups_.erase(group);
}

// ---- readers

const Feeds::Member* Feeds::best_member(const Group& group) const {
    const Member* best = nullptr;
    for (const Member& member : group.members) {
        if (member.instance->draining) continue;
        if (best == nullptr || member.subjects.count() > best->subjects.count()) best = &member;
    }
    return best;
}

void Feeds::choose_reader(Group& group) {
    const Member* best = best_member(group);
    if (group.reader != nullptr && may_stay(group, best)) return;
    set_reader(group, best == nullptr ? nullptr : best->instance);
}

bool Feeds::may_stay(const Group& group, const Member* best) const {
    // Who drains may finish what it has, so that it is not done twice.
    if (group.reader->draining) return group.feed.owed() && clock_.now() - group.since < options_.drain_grace;
    const auto reader = find_member(group.members, *group.reader);
    return best == nullptr || reader->subjects.count() >= best->subjects.count();
}

/// Whoever is new may have an empty picture, and one of which it heard a part only.
void Feeds::set_reader(Group& group, Instance* reader) {
    if (group.reader == reader) return;
    group.reader = reader;
    group.feed.rewind();
    if (reader == nullptr) return;
    group.snapshot.left = group.subjects;
    group.snapshot.current.reset();
}

// ---- events

void Feeds::tell(const core::SessionEvent& event) {
    const core::Subjects subjects = core::subjects_of(event.kind);
    if (!listens(subjects)) return;
    const ToldEvent bytes = encode(event, Origin::live, options_.feed.batch_bytes - wire::kMaxToldHead);
    for (auto& [name, group] : groups_) {
        if (group.subjects.test(index_of(subjects))) add(group, bytes);
    }
}

void Feeds::add(Group& group, const ToldEvent& event) {
    if (!group.overflowed && !group.feed.add(event, Origin::live)) overflow(group);
}

void Feeds::overflow(Group& group) {
    const std::size_t dropped = group.feed.drop_all() + 1;
    counts_.dropped += dropped;
    group.overflowed = true;
    group.snapshot = Snapshot{group.subjects, std::nullopt, 0, group.feed.told()};
    if (std::exchange(group.losing, true)) return;
    log_.warning("session events for a group are lost: it gets a snapshot instead",
                 {{"group", group.name}, {"events", dropped}});
}

bool Feeds::heard(Instance& instance, std::string_view name, std::uint64_t last) {
    const auto found = groups_.find(name);
    if (found == groups_.end()) return false;
    Group& group = found->second;
    if (find_member(group.members, instance) == group.members.end() || last > group.feed.told()) return false;
    if (group.reader != &instance) {
        ++counts_.late;
        return true;
    }
    group.feed.heard(last);
    choose_reader(group);
    pump(group);
    return true;
}

void Feeds::tick() {
    if (clock_.now() >= next_flush_) flush();
}

void Feeds::flush() {
    next_flush_ = clock_.now() + options_.collect;
    if (groups_.empty()) return;
    for (auto& [name, group] : groups_)
        group.feed.make_due();
    changed();
}

void Feeds::pump(Group& group) {
    if (group.reader == nullptr || group.reader->draining) return;
    retell(group);
    for (;;) {
        Feed::Batch batch = group.feed.next_batch();
        if (batch.count == 0) return;
        counts_.told += batch.count;
        outlet_.send_told(*group.reader, wire::Told{group.name, batch.first, batch.count},
                          std::move(batch.payload));
    }
}

// ---- snapshots

void Feeds::retell(Group& group) {
    Snapshot& snapshot = group.snapshot;
    if (snapshot.left.none()) {
        if (group.feed.heard() >= snapshot.awaited) group.losing = false;
        return;
    }
    if (group.feed.heard() < snapshot.awaited) return;
    group.overflowed = false;
    // An empty page costs one as well, so that this has an end.
    for (std::size_t room = options_.page_events; room > 0 && snapshot.left.any();)
        room -= std::min(room, std::max<std::size_t>(add_page(group, room), 1));
    snapshot.awaited = group.feed.last();
    group.feed.make_due();
}

/// How many events of core that added.
std::size_t Feeds::add_page(Group& group, std::size_t max_events) {
    Snapshot& snapshot = group.snapshot;
    if (!snapshot.current) begin_next(group);
    const core::Subjects subjects = *snapshot.current;
    const core::SnapshotPage page = outlet_.snapshot(subjects, snapshot.from, max_events);
    for (const core::SessionEvent& event : page.events) {
        group.feed.add(encode(event, Origin::snapshot, options_.feed.batch_bytes - wire::kMaxToldHead),
                       Origin::snapshot);
    }
    snapshot.from = page.next;
    if (page.next == 0) {
        group.feed.add(encode_end(subjects), Origin::snapshot);
        snapshot.left.reset(index_of(subjects));
        snapshot.current.reset();
    }
    return page.events.size();
}

void Feeds::begin_next(Group& group) {
    std::size_t next = 0;
    while (!group.snapshot.left.test(next))
        ++next;
    group.snapshot.current = static_cast<core::Subjects>(next);
    group.snapshot.from = 0;
    ++counts_.snapshots;
    group.feed.add(encode_begin(*group.snapshot.current), Origin::snapshot);
}

Feeds::Counts Feeds::counts() const {
    Counts counts = counts_;
    counts.groups = groups_.size();
    for (const auto& [name, group] : groups_)
        counts.orphans += group.members.empty() ? 1 : 0;
    return counts;
}

}  // namespace fairlead::backplane
