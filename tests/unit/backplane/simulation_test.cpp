// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <random>
#include <set>

#include "backplane/dispatch.h"
#include "unit/backplane/rig.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using test::endpoint;

/// What an instance has, seen from outside.
struct Peer {
    unsigned number = 0;
    core::LinkId link = 0;
    std::vector<core::CallId> running;
};

/// Random traffic with instances that answer, answer twice, answer late, return, lose their connection and
/// die, and callers that give up. Keeps its own books and compares.
class World final : public Outlet {
public:
    explicit World(unsigned seed) : random_(seed) {}

    bool send_request(Instance& instance, const Pending& pending) override {
        core::CallId call = pending.request.call;
        REQUIRE(waiting_.count(call) == 1);
        REQUIRE(pending.request.deadline > clock_.now());
        peers_.at(instance.link).running.push_back(call);
        REQUIRE(pending.endpoint->instance == &instance);
        REQUIRE(pending.endpoint->outstanding <= pending.endpoint->window);
        return true;
    }
    void send_cancel(Instance&, core::CallId) override {}
    void send_lease(Instance&, const wire::Lease&) override {}
    bool send_event(Instance&, const EventCopy&) override { return true; }
    void settle(core::CallId call, core::Outcome&& outcome) override {
        REQUIRE(waiting_.erase(call) == 1);
        ++settled_;
        const auto* failure = std::get_if<wire::Failure>(&outcome);
        if (failure != nullptr && failure->message.starts_with("outcome unknown"))
            REQUIRE_FALSE(failure->temporary);
    }

    void step() {
        clock_.advance(std::chrono::milliseconds(roll(3)));
        unsigned dice = roll(100);
        if (dice < 45) return ask();
        if (dice < 80) return answer();
        if (dice < 85) return answer_late();
        if (dice < 89) return give_back();
        if (dice < 92) return give_up();
        if (dice < 94) return join();
        if (dice < 95) return die();
        if (dice < 96) return reconnect();
        if (dice < 97) return fail_to_send();
        tick();
    }

    void finish() {
        while (!peers_.empty())
            die();
        clock_.advance(1h);
        tick();
        REQUIRE(waiting_.empty());
        REQUIRE(dispatch_.counts().pending == 0);
        REQUIRE(settled_ + given_up_ == asked_);
        REQUIRE(asked_ > 10'000);
    }

private:
    unsigned roll(unsigned sides) { return static_cast<unsigned>(random_() % sides); }
    std::string topic() { return roll(2) == 0 ? "plain" : "idempotent"; }
    Instance& instance(const Peer& peer) { return *registry_.find(peer.link); }

    Peer* any_peer() {
        if (peers_.empty()) return nullptr;
        auto at = peers_.begin();
        std::advance(at, roll(static_cast<unsigned>(peers_.size())));
        return &at->second;
    }

    core::CallId take_running(Peer& peer) {
        std::size_t index = roll(static_cast<unsigned>(peer.running.size()));
        core::CallId call = peer.running[index];
        peer.running.erase(peer.running.begin() + static_cast<std::ptrdiff_t>(index));
        return call;
    }

    void ask() {
        core::Request request;
        core::CallId call = request.call = ++last_call_;
        request.topic = topic();
        request.deadline = clock_.now() + std::chrono::milliseconds(1 + roll(300));
        base::Steady deadline = request.deadline;
        waiting_.emplace(call, deadline);
        core::Routed routed = dispatch_.request(std::move(request));
        if (routed.state == core::Routed::State::taken) {
            ++asked_;
        } else {
            REQUIRE(waiting_.erase(call) == 1);
        }
    }

    void answer() {
        Peer* peer = any_peer();
        if (peer == nullptr || peer->running.empty()) return;
        core::CallId call = take_running(*peer);
        past_.push_back(call);
        dispatch_.answered(instance(*peer), call, core::Outcome(std::string("\x01")));
        if (roll(20) == 0) dispatch_.answered(instance(*peer), call, core::Outcome(std::string("\x02")));
    }

    void answer_late() {
        Peer* peer = any_peer();
        if (peer == nullptr || past_.empty()) return;
        core::CallId call = past_[roll(static_cast<unsigned>(past_.size()))];
        if (std::count(peer->running.begin(), peer->running.end(), call) != 0) return;
        dispatch_.answered(instance(*peer), call, core::Outcome(std::string("\x03")));
    }

    void give_back() {
        Peer* peer = any_peer();
        if (peer == nullptr || peer->running.empty()) return;
        core::CallId call = take_running(*peer);
        auto reason = static_cast<wire::ReturnReason>(2 + roll(3));
        dispatch_.returned(instance(*peer), call, reason);
    }

    void give_up() {
        if (waiting_.empty()) return;
        auto at = waiting_.begin();
        std::advance(at, roll(static_cast<unsigned>(std::min<std::size_t>(waiting_.size(), 20))));
        core::CallId call = at->first;
        waiting_.erase(at);
        ++given_up_;
        dispatch_.cancel(call);
    }

    void join() {
        if (peers_.size() >= 6) return;
        std::string id = test::uuid(++last_number_);
        std::uint32_t window = 1 + roll(5);
        wire::Greeting greeting =
            test::greeting("s", id, {endpoint("plain", window), endpoint("idempotent", window, true)});
        Greeted greeted = registry_.greet(greeting, 0);
        REQUIRE(greeted.how == Welcomed::fresh);
        peers_[greeted.instance->link] = Peer{last_number_, greeted.instance->link, {}};
        dispatch_.rebalance();
        dispatch_.deliver();
    }

    void die() {
        Peer* peer = any_peer();
        if (peer == nullptr) return;
        Instance& gone = instance(*peer);
        std::vector<core::CallId> held = peer->running;
        past_.insert(past_.end(), held.begin(), held.end());
        registry_.detach(gone);
        for (core::CallId call : held) {
            if (roll(4) == 0) dispatch_.unsent(call);
        }
        dispatch_.lost(gone);
        dispatch_.rebalance();
        registry_.prune();
        peers_.erase(gone.link);
        REQUIRE(gone.calls.empty());
        REQUIRE(gone.outstanding == 0);
        registry_.erase(gone);
        dispatch_.deliver();
    }

    void reconnect() {
        Peer* peer = any_peer();
        if (peer == nullptr) return;
        std::vector<core::CallId> running;
        for (core::CallId call : peer->running)
            (roll(3) == 0 ? past_ : running).push_back(call);
        peer->running = running;
        std::string id = test::uuid(peer->number);
        std::uint32_t window = static_cast<std::uint32_t>(running.size()) + 1;
        wire::Greeting greeting =
            test::greeting("s", id, {endpoint("plain", window), endpoint("idempotent", window, true)});
        REQUIRE(registry_.greet(greeting, 0).how == Welcomed::takeover);
        auto suspects = dispatch_.not_listed(instance(*peer), running);
        dispatch_.lost(instance(*peer), suspects);
        dispatch_.rebalance();
        dispatch_.deliver();
    }

    void fail_to_send() {
        Peer* peer = any_peer();
        if (peer == nullptr || peer->running.empty()) return;
        Instance& full = instance(*peer);
        full.congested = true;
        dispatch_.unsent(take_running(*peer));
        full.congested = false;
        dispatch_.rebalance();
        dispatch_.deliver();
    }

    void tick() {
        dispatch_.tick();
        dispatch_.deliver();
        for (auto at = waiting_.begin(); at != waiting_.end();) {
            if (at->second > clock_.now()) {
                ++at;
                continue;
            }
            core::CallId call = at->first;
            at = waiting_.erase(at);
            ++given_up_;
            dispatch_.cancel(call);
        }
    }

    std::mt19937 random_;
    Options options_;
    base::ManualClock clock_;
    base::SilentLog log_;
    Registry registry_{options_, log_};
    Dispatch dispatch_{options_, clock_, log_, registry_, *this};
    std::map<core::LinkId, Peer> peers_;
    std::map<core::CallId, base::Steady> waiting_;  // asked, without an outcome
    std::vector<core::CallId> past_;
    core::CallId last_call_ = core::CallId{3} << 48;
    unsigned last_number_ = 0;
    std::uint64_t asked_ = 0;
    std::uint64_t settled_ = 0;
    std::uint64_t given_up_ = 0;
};

TEST_CASE("each request has one outcome and no window is exceeded, whatever instances do",
          "[dispatch][simulation]") {
    unsigned seed = GENERATE(1U, 2U, 3U);
    CAPTURE(seed);
    World world(seed);
    for (int i = 0; i < 100'000; ++i)
        world.step();
    world.finish();
}

TEST_CASE("equal instances get an even load", "[dispatch][simulation]") {
    test::Rig rig;
    std::map<core::LinkId, int> load;
    for (unsigned i = 1; i <= 10; ++i)
        rig.join("s", i, {endpoint("a", 8)});
    std::mt19937 random(1);
    std::deque<test::RecordedOutlet::Sent> running;
    for (int i = 0; i < 20'000; ++i) {
        rig.ask("a");
        running.push_back(rig.outlet.requests.back());
        ++load[running.back().link];
        // Between 1 and 40 run at a time; any of them may end first.
        while (running.size() > 1 + random() % 40) {
            std::swap(running.front(), running[random() % running.size()]);
            rig.dispatch.answered(*rig.registry.find(running.front().link), running.front().call,
                                  std::string("\x01"));
            running.pop_front();
        }
    }
    int most = 0;
    for (auto& [link, requests] : load)
        most = std::max(most, requests);
    REQUIRE(load.size() == 10);
    REQUIRE(most <= 2000 * 1.2);
}

}  // namespace
}  // namespace fairlead::backplane
