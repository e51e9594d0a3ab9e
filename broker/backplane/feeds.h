// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backplane/feed.h"
#include "backplane/instance.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/session_event.h"
#include "wire/frame.h"

namespace fairlead::backplane {

struct FeedsOptions {
    FeedLimits feed;
    std::size_t page_events = 128;                ///< of a snapshot
    std::chrono::milliseconds collect{50};        ///< what happens within it goes together
    std::chrono::milliseconds drain_grace{2000};  ///< for a draining reader to hear what it has
    std::chrono::milliseconds orphaned{
        std::chrono::minutes(10)};  ///< how long a group without instance keeps its feed
    std::size_t max_orphans = 64;
};

/// What feeds ask of the gateway. Threads: one, core's.
class FeedOutlet {
public:
    virtual ~FeedOutlet() = default;
    /// Into the batch of the instance's link.
    virtual void send_told(Instance& instance, const wire::Told& frame, std::string&& payload) = 0;
    /// To core.
    virtual core::SnapshotPage snapshot(core::Subjects subjects, std::uint64_t from,
                                        std::size_t max_events) = 0;
};

/// Session events for the groups that listen to them. Each group has one feed of all it listens to, and one
/// instance of it, the reader, is told it: the one that listens to most, and that one as long as it is there
/// and does not drain. The next reader is told again what was not heard. A feed outlives the last instance of
/// its group for a while.
///
/// A snapshot is told to a group that is new, to each new reader, and in place of a backlog that became too
/// large; page by page, each after all before was heard, so that it costs little memory however slow the
/// reader is.
///
/// Asks core for snapshots, so that nothing but tell() may be called from within core. Threads: one, core's.
class Feeds {
public:
    struct Counts {
        std::uint64_t told = 0;       ///< events handed to links, those that are told again too
        std::uint64_t dropped = 0;    ///< events thrown away for a snapshot
        std::uint64_t snapshots = 0;  ///< begun
        std::uint64_t late = 0;       ///< acknowledgements of instances that are not the reader any more
        std::uint64_t forgotten = 0;  ///< feeds of groups that did not come back
        std::size_t groups = 0;
        std::size_t orphans = 0;  ///< of those, without instance
    };

    Feeds(const base::Clock& clock, base::Log& log, FeedOutlet& outlet, FeedsOptions options = {})
        : options_(options), clock_(clock), log_(log), outlet_(outlet) {}
    Feeds(const Feeds&) = delete;
    Feeds& operator=(const Feeds&) = delete;

    /// The instance has greeted: takes its interests as they are now, in place of earlier ones. What was
    /// under way to it is told again, since it may be lost.
    void join(Instance& instance);
    void leave(Instance& instance);
    /// The instance drains from now on.
    void drain(Instance& instance);

    bool listens(core::Subjects subjects) const noexcept { return listeners_[index_of(subjects)] > 0; }
    void tell(const core::SessionEvent& event);

    /// False: the instance does not listen in this group, or that was never told.
    bool heard(Instance& instance, std::string_view group, std::uint64_t last);

    /// Sends what was collected, forgets what nobody came back for. Call it about every 10 ms.
    void tick();
    /// Sends what was collected, now.
    void flush();

    Counts counts() const;

private:
    static constexpr std::size_t kSubjects = 3;
    using SubjectSet = std::bitset<kSubjects>;

    struct Member {
        Instance* instance;
        SubjectSet subjects;
    };
    struct Snapshot {
        SubjectSet left;  ///< to be told, with the current one
        std::optional<core::Subjects> current;
        std::uint64_t from = 0;     ///< in the current one
        std::uint64_t awaited = 0;  ///< no page before this is heard
    };
    struct Group {
        std::string name;
        Feed feed;
        std::vector<Member> members;  ///< those that listen to something
        SubjectSet subjects;          ///< of all members, or of the last one that left
        Instance* reader = nullptr;
        base::Steady since{};  ///< when the reader began to drain, or the last member left
        Snapshot snapshot;
        bool overflowed =
            false;            ///< thrown away, and the snapshot has not begun: it will have what happens now
        bool losing = false;  ///< a loss was logged, and no snapshot was complete since
    };
    using Groups = std::map<std::string, Group, std::less<>>;

    static std::size_t index_of(core::Subjects subjects) noexcept {
        return static_cast<std::size_t>(subjects);
    }
    static std::optional<core::Subjects> subjects_of(std::string_view interest) noexcept;

    Group& group_of(const std::string& name);
    void set_members(Instance& instance, const std::map<std::string, SubjectSet>& wanted);
    void remove_member(Group& group, const Instance& instance);
    void update_subjects(Group& group);
    void changed();
    void count_listeners();
    void bound_orphans();
    bool is_over(const Group& group) const;
    void forget(Groups::iterator group);

    void choose_reader(Group& group);
    bool may_stay(const Group& group, const Member* best) const;
    void set_reader(Group& group, Instance* reader);
    const Member* best_member(const Group& group) const;

    void add(Group& group, const ToldEvent& event);
    void overflow(Group& group);
    void pump(Group& group);
    void retell(Group& group);
    std::size_t add_page(Group& group, std::size_t max_events);
    void begin_next(Group& group);

    const FeedsOptions options_;
    const base::Clock& clock_;
    base::Log& log_;
    FeedOutlet& outlet_;
    Groups groups_;
    std::array<std::size_t, kSubjects> listeners_{};  ///< groups
    std::uint64_t next_first_ = 1;  ///< of a new feed: behind those of all forgotten ones, with a gap
    base::Steady next_flush_{};
    Counts counts_;
};

}  // namespace fairlead::backplane
