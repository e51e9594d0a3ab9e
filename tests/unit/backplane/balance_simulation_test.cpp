// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <vector>

#include "unit/backplane/rig.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using test::endpoint;

/// Requests that come by chance, and instances that take their time; the clock goes from one event to the
/// next.
class World {
public:
    explicit World(std::vector<double> mean_milliseconds) : means_(std::move(mean_milliseconds)) {
        for (unsigned i = 0; i < means_.size(); ++i)
            instances_.push_back(&rig_.join("s", i + 1, {endpoint("a", 1000)}));
    }

    void run(base::Steady::duration time, double requests_per_second) {
        const base::Steady end = rig_.clock.now() + time;
        base::Steady next = rig_.clock.now();
        while (next < end) {
            while (!ends_.empty() && ends_.begin()->first <= next)
                answer();
            move_to(next);
            ask();
            next += draw(1000 / requests_per_second);
        }
    }
    void forget() {
        times_.clear();
        weighted_.clear();
    }
    void set_mean(std::size_t instance, double milliseconds) { means_[instance] = milliseconds; }

    /// Of the callers' times since forget(), in microseconds.
    double percentile(double share) {
        std::vector<double> all;
        for (auto& [instance, times] : times_)
            all.insert(all.end(), times.begin(), times.end());
        return percentile(all, share);
    }
    double percentile_of(std::size_t instance, double share) { return percentile(times_[instance], share); }
    std::size_t answered_by(std::size_t instance) { return times_[instance].size(); }

    /// Requests in flight, by time: the most of an instance over the mean of all.
    double unevenness() {
        double most = 0;
        double sum = 0;
        for (double each : weighted_) {
            most = std::max(most, each);
            sum += each;
        }
        return most / (sum / static_cast<double>(weighted_.size()));
    }

private:
    struct End {
        core::CallId call;
        std::size_t instance;
        base::Steady began;
    };

    static double percentile(std::vector<double> times, double share) {
        REQUIRE_FALSE(times.empty());
        const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(times.size() - 1));
        std::nth_element(times.begin(), times.begin() + at, times.end());
        return times[static_cast<std::size_t>(at)];
    }

    microseconds draw(double mean_milliseconds) {
        return microseconds(1 + static_cast<long>(std::exponential_distribution<double>(
                                    1 / (1000 * mean_milliseconds))(random_)));
    }

    void move_to(base::Steady time) {
        const auto passed = time - rig_.clock.now();
        weighted_.resize(instances_.size());
        for (std::size_t i = 0; i < instances_.size(); ++i)
            weighted_[i] += instances_[i]->outstanding * std::chrono::duration<double>(passed).count();
        rig_.clock.advance(passed);
    }

    void ask() {
        rig_.ask("a");
        const auto sent = rig_.outlet.requests.back();
        REQUIRE(sent.call == rig_.last_call);
        std::size_t instance = 0;
        while (instances_[instance]->link != sent.link)
            ++instance;
        const base::Steady now = rig_.clock.now();
        ends_.emplace(now + draw(means_[instance]), End{sent.call, instance, now});
    }

    void answer() {
        const auto [time, end] = *ends_.begin();
        ends_.erase(ends_.begin());
        move_to(time);
        rig_.dispatch.answered(*instances_[end.instance], end.call, std::string("\x01"));
        times_[end.instance].push_back(std::chrono::duration<double, std::micro>(time - end.began).count());
    }

    test::Rig rig_;
    std::mt19937 random_{11};
    std::vector<double> means_;
    std::vector<Instance*> instances_;
    std::multimap<base::Steady, End> ends_;
    std::map<std::size_t, std::vector<double>> times_;
    std::vector<double> weighted_;
};

TEST_CASE("callers do not notice one instance of four that is ten times slower", "[balancer][simulation]") {
    const double rate = GENERATE(200.0, 1000.0, 4000.0);
    CAPTURE(rate);
    World world({10, 10, 10, 100});
    world.run(2s, rate);
    world.forget();
    world.run(20s, rate);
    double fast = 0;
    for (std::size_t i = 0; i < 3; ++i)
        fast = std::max(fast, world.percentile_of(i, 0.99));
    CAPTURE(world.percentile(0.99), fast, world.answered_by(3));
    CHECK(world.percentile(0.99) <= 2 * fast);
}

TEST_CASE("equal instances have the same in flight", "[balancer][simulation]") {
    const double rate = GENERATE(200.0, 2000.0);
    CAPTURE(rate);
    World world({10, 10, 10, 10});
    world.run(20s, rate);
    CHECK(world.unevenness() <= 1.2);
}

TEST_CASE("an instance that became fast again is found out", "[balancer][simulation]") {
    World world({10, 10, 10, 1000});
    world.run(10s, 1000);
    world.forget();
    world.run(5s, 1000);
    REQUIRE(world.answered_by(3) < 50);
    world.set_mean(3, 10);
    world.run(20s, 1000);
    world.forget();
    world.run(5s, 1000);
    CHECK(world.answered_by(3) > 1000);
}

}  // namespace
}  // namespace fairlead::backplane
