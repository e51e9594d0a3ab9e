// SPDX-License-Identifier: Apache-2.0
#include "audit/request_run.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "audit/requests.h"
#include "audit/workplace.h"

namespace fairlead::audit {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

enum class Act : std::uint8_t {
    cut_caller,
    kill_worker,
    restart_worker,
    stop_worker,  // SIGSTOP for a moment
    hang_worker,  // SIGSTOP for longer than it may be silent
    cut_there,    // what it says does not arrive
    cut_back,     // what is said to it does not arrive
    cut_both,
    kill_broker,
};
constexpr std::array<const char*, 9> kWords{"caller cut",           "worker killed",  "worker restarted",
                                            "worker stopped",       "worker hangs",   "worker not heard",
                                            "worker does not hear", "worker cut off", "broker killed"};
constexpr std::array<std::size_t, 9> kCards{8, 4, 4, 3, 1, 1, 1, 1, 1};
constexpr std::uint64_t kBetween = 4000;  // requests between two acts, at most
constexpr auto kMoment = 100ms;
constexpr auto kTooLong = 3500ms;  // the broker gives a service up after 3 s of silence
constexpr auto kStandstill = 2s;   // goes on without requests: they may wait for the next act

/// Acts follow the number of requests, not the clock, so that a slow machine sees as many. The seed decides.
class Trouble {
public:
    Trouble(Workplace& place, std::uint32_t seed) : place_(place), random_(seed) {}

    void run(std::uint64_t requests) {
        std::size_t cards = 0;
        for (const std::size_t each : kCards)
            cards += each;
        const std::uint64_t between = std::min(kBetween, requests / cards + 1);
        while (place_.left() > 0) {
            wait_for(random_() % between);
            if (place_.left() > 0) act(choose());
        }
    }

    std::string text() const {
        std::string out;
        for (std::size_t i = 0; i < kWords.size(); ++i)
            out += (i > 0 ? ", " : "") + std::string(kWords[i]) + " " + std::to_string(counts_[i]);
        return out;
    }

private:
    void wait_for(std::uint64_t requests) {
        const std::int64_t until =
            std::max<std::int64_t>(place_.left() - static_cast<std::int64_t>(requests), 0);
        const auto give_up = Clock::now() + kStandstill;
        while (place_.left() > until && Clock::now() < give_up)
            std::this_thread::sleep_for(1ms);
    }

    Act choose() {
        if (deck_.empty()) {
            for (std::size_t i = 0; i < kCards.size(); ++i)
                deck_.insert(deck_.end(), kCards[i], static_cast<Act>(i));
            std::shuffle(deck_.begin(), deck_.end(), random_);
        }
        const Act act = deck_.back();
        deck_.pop_back();
        return act;
    }

    void act(Act act) {
        ++counts_[static_cast<std::size_t>(act)];
        const std::size_t which = random_() % place_.workers();
        switch (act) {
            case Act::cut_caller:
                return place_.callers()[random_() % place_.callers().size()]->cut();
            case Act::kill_worker:
                return place_.kill_worker(which);
            case Act::restart_worker:
                return place_.restart_worker(which);
            case Act::kill_broker:
                return place_.kill_broker();
            case Act::stop_worker:
                return stop(which, kMoment);
            case Act::hang_worker:
                return stop(which, kTooLong);
            default:
                return cut_off(which, act);
        }
    }

    void stop(std::size_t which, std::chrono::milliseconds time) {
        place_.signal_worker(which, SIGSTOP);
        std::this_thread::sleep_for(time);
        place_.signal_worker(which, SIGCONT);
    }

    void cut_off(std::size_t which, Act act) {
        place_.relay(which).let_through(act == Act::cut_back, act == Act::cut_there);
        std::this_thread::sleep_for(kTooLong);
        place_.relay(which).let_through(true, true);
    }

    Workplace& place_;
    std::mt19937 random_;
    std::vector<Act> deck_;
    std::array<std::uint64_t, kWords.size()> counts_{};
};

}  // namespace

Report audited_requests(int threads, std::uint64_t requests, std::uint32_t seed) {
    std::cout << "audit of requests, " << threads << " edge threads, AUDIT_SEED=" << seed << std::endl;
    const auto begin = Clock::now();
    Workplace place(threads, requests);
    place.keep_records(true);
    Trouble trouble(place, seed);
    trouble.run(requests);
    place.finish();
    Report report;
    check_requests(place.history(), report);
    std::cout << "acts: " << trouble.text() << "\n"
              << report.text() << std::chrono::duration<double>(Clock::now() - begin).count() << " s\n";
    place.keep_records(!report.clean());
    if (!report.clean()) std::cout << "the records are in " << place.folder().string() << "\n";
    return report;
}

}  // namespace fairlead::audit
