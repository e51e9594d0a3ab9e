// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "backplane/dispatch.h"
#include "unit/backplane/rig.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using test::endpoint;

struct Running {
    core::CallId call;
    std::string topic;
};

/// What an instance has, seen from outside.
struct Peer {
    unsigned number = 0;
    std::vector<Running> running;
    std::map<std::string, std::uint64_t>
        ended;  ///< leases that it was told the end of and did not release: fence
};

/// A lease as the frames tell it.
struct Hold {
    core::LinkId link;
    std::uint64_t fence;
    bool ending = false;
    base::Steady ends{};
};

/// Random traffic with keys, and instances that answer, hand back, release, claim, change their windows,
/// stand still, drain, lose their connection and die. Keeps its own books of who owns what, and compares:
/// - each request has one outcome, and no window is exceeded;
/// - a key has one owner, who was told before the first request, and each fence is larger than those before;
/// - a key stays at an instance where it has requests, and they reach it in the order in which they were
/// asked.
class World final : public Outlet {
public:
    explicit World(unsigned seed) : random_(seed) {}

    bool send_request(Instance& instance, const Pending& pending) override {
        const core::CallId call = pending.request.call;
        const std::string& topic = pending.request.topic;
        REQUIRE(waiting_.count(call) == 1);
        REQUIRE(pending.request.deadline > clock_.now());
        REQUIRE(pending.endpoint->outstanding <= pending.endpoint->window);
        REQUIRE_FALSE((instance.draining || instance.stalled || instance.congested));
        if (is_owned(topic)) {
            REQUIRE(holds_.count(topic) == 1);
            REQUIRE(holds_.at(topic).link == instance.link);
            REQUIRE_FALSE(holds_.at(topic).ending);
        } else {
            stays(topic, instance);
        }
        if (handed_over_.insert(call).second) {
            core::CallId& last = last_calls_[{topic, instance.link}];
            REQUIRE(last < call);
            last = call;
        }
        places_[topic] = instance.link;
        peers_.at(instance.link).running.push_back({call, topic});
        ++sent_;
        return true;
    }

    void send_lease(Instance& instance, const wire::Lease& lease) override {
        const std::string topic = std::string("owned.") + std::string(lease.key);
        const auto held = holds_.find(topic);
        const bool known =
            held != holds_.end() && held->second.link == instance.link && held->second.fence == lease.fence;
        if (!lease.held) {
            if (known) {
                if (!held->second.ending) held->second.ends = clock_.now() + 5s;
                held->second.ending = true;
                peers_.at(instance.link).ended[topic] = lease.fence;
            } else {
                REQUIRE(claiming_ == instance.link);
            }
            return;
        }
        if (known) {
            REQUIRE_FALSE(held->second.ending);
            return;  // told again
        }
        const bool free = held == holds_.end() || (held->second.ending && held->second.ends <= clock_.now());
        REQUIRE(free);
        REQUIRE(lease.fence > last_fence_);
        last_fence_ = lease.fence;
        holds_[topic] = Hold{instance.link, lease.fence};
        ++granted_;
    }

    void send_cancel(Instance&, core::CallId) override {}
    bool send_event(Instance&, const EventCopy&) override { return true; }
    void settle(core::CallId call, core::Outcome&&) override {
        REQUIRE(waiting_.erase(call) == 1);
        ++settled_;
    }

    void step() {
        const unsigned dice = roll(1000);
        if (dice < 400) return ask();
        if (dice < 720) return answer();
        if (dice < 750) return give_back();
        if (dice < 770) return give_up();
        if (dice < 790) return join();
        if (dice < 796) return die();
        if (dice < 804) return drain();
        if (dice < 814) return reconnect();
        if (dice < 824) return congest();
        if (dice < 850) return release();
        if (dice < 880) return claim();
        if (dice < 890) return change_window();
        if (dice < 892) return pass(roll(300));
        pass(1);
    }

    void finish() {
        while (!peers_.empty())
            die();
        pass(100);  // whatever still rests
        give_up_expired();
        REQUIRE(waiting_.empty());
        REQUIRE(dispatch_.counts().pending == 0);
        REQUIRE(dispatch_.counts().leases == 0);
        REQUIRE(settled_ + given_up_ == asked_);
        // It has all been there.
        REQUIRE(sent_ > 5'000);
        REQUIRE(granted_ > 100);
        REQUIRE(dispatch_.counts().stalled > 0);
        REQUIRE(dispatch_.counts().unreleased > 0);
        REQUIRE(dispatch_.counts().returned > 0);
        REQUIRE(dispatch_.counts().ignored > 0);
    }

private:
    static bool is_owned(const std::string& topic) { return topic.starts_with("owned."); }

    /// The broker never forgets what runs for nobody, since our books do not either.
    static Options patient() {
        Options options;
        options.cancel_grace = 24h;
        return options;
    }

    unsigned roll(unsigned sides) { return static_cast<unsigned>(random_() % sides); }
    std::string topic() { return (roll(2) == 0 ? "owned." : "keyed.") + std::to_string(roll(10)); }
    std::string owned() { return "owned." + std::to_string(roll(10)); }
    Instance& instance(core::LinkId link) { return *registry_.find(link); }

    core::LinkId any_peer() {
        if (peers_.empty()) return 0;
        auto at = peers_.begin();
        std::advance(at, roll(static_cast<unsigned>(peers_.size())));
        return at->first;
    }

    /// A key with requests at an instance that takes some goes nowhere else.
    void stays(const std::string& topic, const Instance& to) {
        const auto place = places_.find(topic);
        if (place == places_.end() || place->second == to.link) return;
        const Instance* from = registry_.find(place->second);
        if (from == nullptr || from->draining || from->stalled) return;
        const std::vector<Running>& running = peers_.at(from->link).running;
        REQUIRE(std::none_of(running.begin(), running.end(),
                             [&](const Running& one) { return one.topic == topic; }));
    }

    Running take(Peer& peer, std::size_t index) {
        Running taken = peer.running[index];
        peer.running.erase(peer.running.begin() + static_cast<std::ptrdiff_t>(index));
        return taken;
    }
    Running take_any(Peer& peer) { return take(peer, roll(static_cast<unsigned>(peer.running.size()))); }

    void ask() {
        core::Request request;
        const core::CallId call = request.call = ++last_call_;
        request.topic = topic();
        request.deadline = clock_.now() + std::chrono::milliseconds(1 + roll(roll(5) == 0 ? 8000 : 300));
        waiting_.emplace(call, request.deadline);
        if (dispatch_.request(std::move(request)).state == core::Routed::State::taken) {
            ++asked_;
        } else {
            REQUIRE(waiting_.erase(call) == 1);
        }
        dispatch_.deliver();
    }

    void answer() {
        const core::LinkId link = any_peer();
        // One of them gives no answer for a while.
        if (link == 0 || peers_[link].running.empty() || link == mute_) return;
        const Running done = take_any(peers_[link]);
        dispatch_.answered(instance(link), done.call, core::Outcome(std::string("\x01")));
    }

    void give_back() {
        const core::LinkId link = any_peer();
        if (link == 0 || peers_[link].running.empty() || link == mute_) return;
        const Running returned = take_any(peers_[link]);
        dispatch_.returned(instance(link), returned.call, static_cast<wire::ReturnReason>(2 + roll(3)));
        dispatch_.deliver();
    }

    void give_up() {
        if (waiting_.empty()) return;
        auto at = waiting_.begin();
        std::advance(at, roll(static_cast<unsigned>(std::min<std::size_t>(waiting_.size(), 20))));
        const core::CallId call = at->first;
        waiting_.erase(at);
        ++given_up_;
        dispatch_.cancel(call);
    }

    Greeted greet(unsigned number) {
        wire::Endpoint keyed = endpoint("keyed.*", 1 + roll(5), true);
        wire::Endpoint owned = endpoint("owned.*", 1 + roll(5));
        keyed.route_by = owned.route_by = "segment:1";
        owned.owner = true;
        const std::string id = test::uuid(number);
        return registry_.greet(test::greeting("s", id, {keyed, owned}), 0);
    }

    void join() {
        if (peers_.size() >= 5) return;
        const Greeted greeted = greet(++last_number_);
        peers_[greeted.instance->link].number = last_number_;
        dispatch_.greeted(*greeted.instance);
        dispatch_.deliver();
    }

    /// The last frames did not leave.
    void take_back(core::LinkId link) {
        std::vector<Running>& running = peers_[link].running;
        const std::size_t count = std::min<std::size_t>(roll(4), running.size());
        std::vector<Running> back(running.end() - static_cast<std::ptrdiff_t>(count), running.end());
        running.resize(running.size() - count);
        for (const Running& one : back)
            dispatch_.unsent(one.call);
    }

    void forget_holds(core::LinkId link) {
        std::erase_if(holds_, [&](const auto& hold) { return hold.second.link == link; });
    }

    void die() {
        const core::LinkId link = any_peer();
        if (link == 0) return;
        Instance& gone = instance(link);
        registry_.detach(gone);
        forget_holds(link);
        dispatch_.leaving(gone);
        take_back(link);
        dispatch_.lost(gone);
        dispatch_.rebalance();
        registry_.prune();
        peers_.erase(link);
        REQUIRE((gone.calls.empty() && gone.outstanding == 0));
        for (const auto& each : gone.endpoints)
            REQUIRE((each->keys == 0 && each->queue.empty()));
        registry_.erase(gone);
        dispatch_.deliver();
    }

    void drain() {
        const core::LinkId link = any_peer();
        if (link == 0) return;
        dispatch_.drain(instance(link));
        dispatch_.deliver();
        forget_places(link);
    }

    /// It took no requests for a while: what was asked meanwhile is elsewhere now, and what follows goes
    /// there.
    void forget_places(core::LinkId link) {
        std::erase_if(places_, [&](const auto& place) { return place.second == link; });
    }

    void reconnect() {
        const core::LinkId link = any_peer();
        if (link == 0) return;
        Peer& peer = peers_[link];
        REQUIRE(greet(peer.number).how == Welcomed::takeover);
        Instance& back = instance(link);
        dispatch_.tell_leases(back);
        std::vector<core::CallId> running;
        std::vector<Running> kept;
        for (const Running& one : peer.running) {
            if (roll(4) == 0) continue;
            running.push_back(one.call);
            kept.push_back(one);
        }
        peer.running = kept;
        const auto suspects = dispatch_.not_listed(back, running);
        dispatch_.greeted(back);
        dispatch_.lost(back, suspects);
        dispatch_.rebalance();
        dispatch_.deliver();
    }

    void congest() {
        const core::LinkId link = any_peer();
        if (link == 0) return;
        Instance& full = instance(link);
        full.congested = true;
        take_back(link);
        for (int i = 0; i < 5; ++i)
            ask();
        full.congested = false;
        dispatch_.rebalance();
        dispatch_.deliver();
    }

    /// A lease that it holds, one that ended, or one that it does not have.
    void release() {
        const core::LinkId link = any_peer();
        if (link == 0) return;
        Peer& peer = peers_[link];
        std::string topic = owned();
        std::uint64_t fence = last_fence_ - roll(3);
        if (!peer.ended.empty() && roll(2) == 0) {
            topic = peer.ended.begin()->first;
            fence = peer.ended.begin()->second;
            peer.ended.erase(peer.ended.begin());
        } else if (holds_.count(topic) == 1) {
            fence = holds_.at(topic).fence;
        }
        const auto held = holds_.find(topic);
        const bool its = held != holds_.end() && held->second.link == link && held->second.fence == fence;
        if (its) holds_.erase(held);
        const std::uint64_t ignored = dispatch_.counts().ignored;
        dispatch_.release(instance(link), {"owned.*", topic.substr(6), fence});
        REQUIRE(dispatch_.counts().ignored == ignored + (its ? 0 : 1));
        dispatch_.deliver();
    }

    void claim() {
        const core::LinkId link = any_peer();
        if (link == 0) return;
        const std::string topic = owned();
        const std::uint64_t fence = last_fence_ - roll(5) + roll(3);
        last_fence_ = std::max(last_fence_, fence);
        claiming_ = link;
        dispatch_.claim(instance(link), {"owned.*", topic.substr(6), fence});
        claiming_ = 0;
    }

    void change_window() {
        const core::LinkId link = any_peer();
        if (link != 0)
            dispatch_.set_window(instance(link), {roll(2) == 0 ? "owned.*" : "keyed.*", 1 + roll(6)});
    }

    /// Time passes, in ticks of 10 ms.
    void pass(unsigned ticks) {
        if (ticks > 100) mute_ = any_peer();
        for (; ticks > 0; --ticks) {
            clock_.advance(10ms);
            forget_overdue();
            dispatch_.tick();
            dispatch_.deliver();
            for (const auto& [link, peer] : peers_) {
                if (instance(link).stalled) forget_places(link);
            }
            give_up_expired();
        }
        if (roll(50) == 0) mute_ = 0;
    }

    void forget_overdue() {
        std::erase_if(
            holds_, [&](const auto& hold) { return hold.second.ending && hold.second.ends <= clock_.now(); });
    }

    void give_up_expired() {
        for (auto at = waiting_.begin(); at != waiting_.end();) {
            if (at->second > clock_.now()) {
                ++at;
                continue;
            }
            const core::CallId call = at->first;
            at = waiting_.erase(at);
            ++given_up_;
            dispatch_.cancel(call);
        }
    }

    std::mt19937 random_;
    Options options_ = patient();
    base::ManualClock clock_;
    base::SilentLog log_;
    Registry registry_{options_, log_};
    Dispatch dispatch_{options_, clock_, log_, registry_, *this};
    std::map<core::LinkId, Peer> peers_;
    std::map<core::CallId, base::Steady> waiting_;  // asked, without an outcome
    std::map<std::string, Hold> holds_;             // by topic
    std::map<std::string, core::LinkId> places_;    // where the last request of a topic went
    std::map<std::pair<std::string, core::LinkId>, core::CallId> last_calls_;
    std::set<core::CallId> handed_over_;
    core::CallId last_call_ = core::CallId{3} << 48;
    std::uint64_t last_fence_ = std::uint64_t{1'700'000'000'000} << 20;  // where the clock stands
    core::LinkId claiming_ = 0;
    core::LinkId mute_ = 0;
    unsigned last_number_ = 0;
    std::uint64_t asked_ = 0;
    std::uint64_t settled_ = 0;
    std::uint64_t given_up_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t granted_ = 0;
};

TEST_CASE("a key has one owner and its order, and each request one outcome, whatever instances do",
          "[keys][leases][simulation]") {
    const unsigned seed = GENERATE(range(1U, 13U));
    CAPTURE(seed);
    World world(seed);
    for (int i = 0; i < 30'000; ++i)
        world.step();
    world.finish();
}

}  // namespace
}  // namespace fairlead::backplane
