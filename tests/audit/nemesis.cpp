// SPDX-License-Identifier: Apache-2.0
#include "audit/nemesis.h"

#include <algorithm>
#include <numeric>
#include <thread>

namespace fairlead::audit {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::array<std::size_t, kActs> kCards{6, 5, 4, 2, 3, 3, 2, 2, 1, 2};
constexpr std::uint64_t kBetween = 2000;    // publications between two acts, at most
constexpr std::uint64_t kWhileItHangs = 1;  // publications a ms
constexpr std::uint64_t kMoment = 1000;
constexpr std::uint64_t kQueueFull = 12000;  // publications, of which a client gets about half
constexpr std::uint64_t kKillsBetweenRests = 4;
constexpr auto kStandstill = 2s;  // goes on without publications: they may wait for the next act
constexpr auto kHang = 3500ms;    // the broker gives a service up after 3 s of silence

bool is_gentle(Act act) {
    return act == Act::freeze || act == Act::slow || act == Act::leave || act == Act::stop_service;
}

}  // namespace

const char* word_of(Act act) {
    constexpr std::array<const char*, kActs> kWords{
        "client reset",  "client shut",    "client frozen",   "client frozen for long", "client slow",
        "client leaves", "service killed", "service stopped", "service hangs",          "broker killed"};
    return kWords[static_cast<std::size_t>(act)];
}

void Nemesis::run(std::uint64_t publications) {
    gentle_ = false;
    go_on(publications);
}

void Nemesis::run_gently(std::uint64_t publications) {
    gentle_ = true;
    deck_.clear();
    go_on(publications);
}

void Nemesis::go_on(std::uint64_t publications) {
    const std::uint64_t cards = std::accumulate(kCards.begin(), kCards.end(), std::uint64_t{0});
    const std::uint64_t between = std::min(kBetween, publications / cards + 1);
    end_ = publications;
    while (stage_.taken() < publications) {
        wait_for(random_() % between);
        act(choose());
    }
    end_hang();
}

std::string Nemesis::text() const {
    std::string out;
    for (std::size_t i = 0; i < kActs; ++i)
        out += (i > 0 ? ", " : "") + std::string(word_of(static_cast<Act>(i))) + " " +
               std::to_string(counts_[i]);
    return out;
}

Act Nemesis::choose() {
    if (deck_.empty()) {
        for (std::size_t i = 0; i < kActs; ++i) {
            if (!gentle_ || is_gentle(static_cast<Act>(i)))
                deck_.insert(deck_.end(), kCards[i], static_cast<Act>(i));
        }
        std::shuffle(deck_.begin(), deck_.end(), random_);
    }
    const Act act = deck_.back();
    deck_.pop_back();
    return act;
}

void Nemesis::act(Act act) {
    bool done = true;
    if (act < Act::kill_service) {
        done = do_to_client(act);
    } else {
        end_hang();
        do_to_process(act);
    }
    if (done) ++counts_[static_cast<std::size_t>(act)];
}

bool Nemesis::do_to_client(Act act) {
    switch (act) {
        case Act::reset:
            return trouble_somebody(Trouble::reset, 0);
        case Act::shut:
            return trouble_somebody(Trouble::shut, 0);
        case Act::freeze:
            return trouble_somebody(Trouble::freeze, kMoment);
        case Act::freeze_long:
            return trouble_somebody(Trouble::freeze, kQueueFull);
        case Act::slow:
            return trouble_somebody(Trouble::slow, 0);
        default:
            return trouble_somebody(Trouble::leave, 0);
    }
}

void Nemesis::do_to_process(Act act) {
    const std::size_t which = random_() % stage_.services();
    if (act == Act::kill_broker) return kill_broker();
    if (act == Act::kill_service) return stage_.kill_service(which);
    if (!stage_.stop_service(which)) return;
    hang_ = Hang{which, Clock::now() + kHang};
    if (act == Act::hang_service) return;  // other things go wrong meanwhile
    wait_for(kMoment);
    hang_->until = {};
    end_hang();
}

// Some are asked for their counts first, and then go on until they are killed with something under way.
void Nemesis::kill_broker() {
    if (count(Act::kill_broker) % kKillsBetweenRests == 0) {
        stage_.rest();
        wait_for(kMoment);
    }
    stage_.kill_broker();
}

// The first one is spared: it sets the pace.
bool Nemesis::trouble_somebody(Trouble trouble, std::uint64_t publications) {
    auto& all = stage_.subscribers();
    const std::size_t which = 1 + random_() % (all.size() - 1);
    const std::uint64_t until = stage_.taken() + publications;
    const auto give_up = Clock::now() + kStandstill * 5;
    return all[which]->trouble(trouble, [&stage = stage_, until, give_up] {
        return stage.taken() >= until || stage.calms_down() || Clock::now() > give_up;
    });
}

// Services do not run ahead of what goes wrong.
void Nemesis::allow(std::uint64_t publications) {
    stage_.allow(std::min(publications, end_));
}

// One process at a time is in trouble.
void Nemesis::end_hang() {
    if (!hang_) return;
    for (; Clock::now() < hang_->until; std::this_thread::sleep_for(1ms))
        allow(stage_.taken() + kWhileItHangs);
    stage_.continue_service(hang_->service);
    hang_.reset();
}

void Nemesis::wait_for(std::uint64_t publications) {
    const std::uint64_t until = stage_.taken() + publications;
    allow(until);
    const auto give_up = Clock::now() + kStandstill;
    while (stage_.taken() < until && Clock::now() < give_up)
        std::this_thread::sleep_for(1ms);
}

}  // namespace fairlead::audit
