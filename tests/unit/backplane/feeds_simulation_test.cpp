// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "backplane/feeds.h"
#include "wire/session_event.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using core::Subjects;
using WireKind = wire::SessionEventKind;

constexpr std::size_t kSubjects = 3;

class NoLog final : public base::Log {
public:
    bool enabled(base::LogLevel) const noexcept override { return false; }
    void write(base::LogLevel, std::string_view, base::LogFields) noexcept override {}
};

/// An event as a service has it.
struct Heard {
    std::uint8_t kind = 0;
    std::uint64_t generation = 0;
    unsigned id = 0;
    bool replayed = false;
    bool operator==(const Heard& other) const = default;

    WireKind what() const { return static_cast<WireKind>(kind); }
    bool is_marker() const { return what() >= WireKind::sessions_begin; }
    bool begins() const { return is_marker() && (kind - 8) % 2 == 0; }
    std::size_t subject() const {
        if (is_marker()) return static_cast<std::size_t>((kind - 8) / 2);
        return what() <= WireKind::closed ? 0 : what() <= WireKind::offline ? 1 : 2;
    }
    bool is_there() const {
        return what() == WireKind::opened || what() == WireKind::online || what() == WireKind::occupied;
    }
};

struct Batch {
    std::uint64_t first = 0;
    std::vector<Heard> events;
};

/// What a service without a store makes of it, as docs/backplane-protocol.md tells.
class Picture {
public:
    void hear(const Heard& event) {
        auto& known = known_[event.subject()];
        auto& mentioned = mentioned_[event.subject()];
        if (event.begins()) {
            mentioned.clear();
            begun_[event.subject()] = true;
        } else if (event.is_marker()) {
            if (!begun_[event.subject()]) return;
            begun_[event.subject()] = false;
            std::erase_if(known, [&](const auto& one) { return mentioned.count(one.first) == 0; });
        } else if (event.is_there()) {
            mentioned.insert(event.id);
            known[event.id] = std::max(known[event.id], event.generation);
        } else if (const auto found = known.find(event.id); found != known.end()) {
            if (event.generation > found->second) known.erase(found);
        }
    }
    const std::map<unsigned, std::uint64_t>& known(std::size_t subject) const { return known_[subject]; }

private:
    std::array<std::map<unsigned, std::uint64_t>, kSubjects> known_;
    std::array<std::set<unsigned>, kSubjects> mentioned_;
    std::array<bool, kSubjects> begun_{};
};

struct Peer {
    std::unique_ptr<Instance> instance = std::make_unique<Instance>();
    std::size_t group = 0;
    std::deque<Batch> waiting;  ///< told, not handled
    std::uint64_t handled = 0;  ///< numbers up to here
    Picture picture;
};

/// What the books say of one group.
struct Books {
    std::string name;
    std::vector<bool> listens;
    std::map<std::uint64_t, Heard> by_number;
    std::uint64_t expected = 0;  ///< the number that the next batch begins with, if nothing is told again
};

/// Sessions, users and channels that come and go at random, and groups whose instances join, hear slowly or
/// not at all, lose their connections, drain and die. Keeps its own books and compares.
class World final : public FeedOutlet {
public:
    explicit World(unsigned seed) : random_(seed), feeds_(clock_, log_, *this, options()) {
        groups_.push_back({"all", {true, true, true}, {}, 0});
        groups_.push_back({"sessions", {true, false, false}, {}, 0});
        groups_.push_back({"others", {false, true, true}, {}, 0});
    }

    static FeedsOptions options() {
        FeedsOptions options;
        options.feed.backlog_bytes = 12'000;
        options.feed.window_bytes = 3000;
        options.feed.batch_bytes = 1000;
        options.feed.batch_events = 6;
        options.page_events = 4;
        options.orphaned = 400ms;
        options.max_orphans = 2;
        return options;
    }

    void step() {
        const unsigned dice = roll(1000);
        if (dice < 400) return happen();
        if (dice < 500) return pass(std::chrono::milliseconds(roll(30)));
        if (dice < 940) return handle();
        if (dice < 955) return join();
        if (dice < 965) return die();
        if (dice < 980) return reconnect();
        if (dice < 990) return drain();
        if (dice < 992) return pass(500ms);
        if (dice < 994) storm();
    }

    /// All hear all; then the pictures are right and nothing is missing.
    void finish() {
        for (std::size_t group = 0; group < groups_.size(); ++group)
            join(group);
        for (int i = 0; i < 2000; ++i) {
            pass(60ms);
            for (auto& peer : peers_)
                handle(*peer, true);
        }
        for (std::size_t group = 0; group < groups_.size(); ++group)
            check(group);
        REQUIRE(feeds_.counts().dropped > 0);
        REQUIRE(feeds_.counts().forgotten > 0);
        REQUIRE(told_again_ > 0);
    }

    void send_told(Instance& instance, const wire::Told& frame, std::string&& payload) override {
        REQUIRE(payload.size() <= options().feed.batch_bytes);
        REQUIRE(frame.count <= options().feed.batch_events);
        Peer& peer = peer_of(instance);
        Books& books = groups_[peer.group];
        REQUIRE(frame.group == books.name);
        REQUIRE_FALSE(instance.draining);
        Batch batch{frame.first, read(payload)};
        REQUIRE(batch.events.size() == frame.count);
        enter(books, batch);
        peer.waiting.push_back(std::move(batch));
        REQUIRE(peer.waiting.size() < 200);  // the window holds
    }

    core::SnapshotPage snapshot(Subjects subjects, std::uint64_t from, std::size_t max_events) override {
        REQUIRE_FALSE(in_core_);
        core::SnapshotPage page;
        const auto& all = there_[static_cast<std::size_t>(subjects)];
        auto next = all.lower_bound(static_cast<unsigned>(from));
        for (; next != all.end() && page.events.size() < max_events; ++next)
            page.events.push_back(event(static_cast<std::size_t>(subjects), true, next->first, next->second));
        if (next != all.end()) page.next = next->first;
        return page;
    }

private:
    unsigned roll(unsigned sides) { return static_cast<unsigned>(random_() % sides); }

    static core::SessionEvent event(std::size_t subject, bool there, unsigned id, std::uint64_t generation) {
        using Kind = core::SessionEvent::Kind;
        constexpr Kind kThere[] = {Kind::opened, Kind::online, Kind::occupied};
        constexpr Kind kGone[] = {Kind::closed, Kind::offline, Kind::vacated};
        core::SessionEvent event;
        event.kind = there ? kThere[subject] : kGone[subject];
        event.generation = generation;
        event.user = std::to_string(id);
        event.meta = std::string(id % 50, '\xc0');
        return event;
    }

    std::vector<Heard> read(const std::string& payload) {
        std::vector<wire::SessionEvent> events;
        REQUIRE(reader_.read(payload, events));
        std::vector<Heard> heard;
        for (const wire::SessionEvent& one : events) {
            const unsigned id =
                one.user.empty() ? 0 : static_cast<unsigned>(std::stoul(std::string(one.user)));
            heard.push_back({one.kind, one.generation, id, one.replayed});
        }
        return heard;
    }

    /// Numbers follow each other, what is told again is the same, and a gap begins a snapshot.
    void enter(Books& books, const Batch& batch) {
        const bool again = batch.first < books.expected;
        const bool gap = batch.first > books.expected;
        told_again_ += again ? 1 : 0;
        REQUIRE((!again || may_tell_again_.erase(books.name) > 0));
        if (gap) REQUIRE(batch.events.front().begins());
        for (std::size_t i = 0; i < batch.events.size(); ++i) {
            const auto [known, is_new] = books.by_number.emplace(batch.first + i, batch.events[i]);
            REQUIRE(known->second == batch.events[i]);
            REQUIRE((!is_new || !books.listens.empty()));
            REQUIRE(books.listens[batch.events[i].subject()]);
        }
        books.expected = batch.first + batch.events.size();
    }

    void happen() {
        const std::size_t subject = roll(kSubjects);
        const unsigned id = 1 + roll(25);
        auto& all = there_[subject];
        const auto found = all.find(id);
        const bool opens = found == all.end();
        ++generation_;
        if (opens) {
            all[id] = generation_;
        } else {
            all.erase(found);
        }
        happened_[subject].push_back(generation_);
        in_core_ = true;
        feeds_.tell(event(subject, opens, id, generation_));
        in_core_ = false;
    }

    void storm() {
        for (int i = 0; i < 300; ++i)
            happen();
    }

    void pass(std::chrono::milliseconds time) {
        clock_.advance(time);
        for (Books& books : groups_)
            may_tell_again_.insert(books.name);  // the grace of a draining reader may end
        feeds_.tick();
    }

    Peer& peer_of(const Instance& instance) {
        for (auto& peer : peers_)
            if (peer->instance.get() == &instance) return *peer;
        FAIL("told to somebody who is not there");
        throw 0;
    }
    Peer* any_peer() {
        return peers_.empty() ? nullptr : peers_[roll(static_cast<unsigned>(peers_.size()))].get();
    }

    void handle() {
        if (Peer* peer = any_peer()) handle(*peer, roll(3) > 0);
    }
    void handle(Peer& peer, bool acknowledges) {
        if (peer.waiting.empty()) return;
        const Batch batch = std::move(peer.waiting.front());
        peer.waiting.pop_front();
        for (std::size_t i = 0; i < batch.events.size(); ++i) {
            if (batch.first + i <= peer.handled) continue;
            peer.handled = batch.first + i;
            peer.picture.hear(batch.events[i]);
        }
        if (!acknowledges && !peer.waiting.empty()) return;
        may_tell_again_.insert(groups_[peer.group].name);  // a draining reader may have heard all
        REQUIRE(feeds_.heard(*peer.instance, groups_[peer.group].name, peer.handled));
    }

    void join() {
        if (peers_.size() < 7) join(roll(static_cast<unsigned>(groups_.size())));
    }
    void join(std::size_t group) {
        constexpr std::string_view kNames[] = {wire::kSessionInterest, wire::kUserInterest,
                                               wire::kChannelInterest};
        Peer& peer = *peers_.emplace_back(std::make_unique<Peer>());
        peer.group = group;
        for (std::size_t i = 0; i < kSubjects; ++i) {
            if (groups_[group].listens[i])
                peer.instance->interests.push_back({std::string(kNames[i]), groups_[group].name});
        }
        may_tell_again_.insert(groups_[group].name);
        feeds_.join(*peer.instance);
    }

    void die() {
        if (peers_.empty()) return;
        const auto at = peers_.begin() + roll(static_cast<unsigned>(peers_.size()));
        const std::unique_ptr<Peer> gone = std::move(*at);
        peers_.erase(at);
        may_tell_again_.insert(groups_[gone->group].name);
        feeds_.leave(*gone->instance);
    }

    void reconnect() {
        Peer* peer = any_peer();
        if (peer == nullptr) return;
        peer->waiting.clear();
        peer->instance->draining = false;
        may_tell_again_.insert(groups_[peer->group].name);
        feeds_.join(*peer->instance);
    }

    void drain() {
        Peer* peer = any_peer();
        if (peer == nullptr) return;
        peer->instance->draining = true;
        may_tell_again_.insert(groups_[peer->group].name);
        feeds_.drain(*peer->instance);
    }

    /// The group was told all that happened, in its order, but for what a gap stands for; and who is told now
    /// knows what there is.
    void check(std::size_t index) {
        const Books& books = groups_[index];
        const Peer* reader = nullptr;
        for (const auto& peer : peers_) {
            if (peer->group == index && (reader == nullptr || peer->handled > reader->handled))
                reader = peer.get();
        }
        REQUIRE(reader != nullptr);
        REQUIRE(reader->handled == books.by_number.rbegin()->first);
        for (std::size_t subject = 0; subject < kSubjects; ++subject) {
            if (books.listens[subject]) {
                REQUIRE(reader->picture.known(subject) == there_[subject]);
                check_order(books, subject);
            }
        }
    }

    void check_order(const Books& books, std::size_t subject) const {
        const std::vector<std::uint64_t>& all = happened_[subject];
        auto next = all.begin();
        std::uint64_t last_number = 0;
        bool gap = true;  // what happened before the group was known
        std::size_t gaps = 0;
        for (const auto& [number, event] : books.by_number) {
            if (number != last_number + 1 || last_number == 0) {
                REQUIRE(event.begins());
                gap = true;
                ++gaps;
            }
            last_number = number;
            if (event.is_marker() || event.replayed || event.subject() != subject) continue;
            if (gap) next = std::lower_bound(next, all.end(), event.generation);
            gap = false;
            REQUIRE(next != all.end());
            REQUIRE(*next == event.generation);
            ++next;
        }
        REQUIRE((gap || next == all.end()));
        REQUIRE(gaps > 1);
    }

    std::mt19937 random_;
    base::ManualClock clock_;
    NoLog log_;
    Feeds feeds_;
    wire::ToldReader reader_;
    std::array<std::map<unsigned, std::uint64_t>, kSubjects> there_;
    std::array<std::vector<std::uint64_t>, kSubjects> happened_;
    std::uint64_t generation_ = 0;
    std::vector<Books> groups_;
    std::vector<std::unique_ptr<Peer>> peers_;
    std::set<std::string> may_tell_again_;
    bool in_core_ = false;
    std::size_t told_again_ = 0;
};

TEST_CASE("groups that stay hear every session event, in order, at least once", "[feeds][simulation]") {
    const auto seed = GENERATE(range(1U, 21U));
    INFO("seed " << seed);
    World world(seed);
    for (int i = 0; i < 20'000; ++i)
        world.step();
    world.finish();
}

}  // namespace
}  // namespace fairlead::backplane
