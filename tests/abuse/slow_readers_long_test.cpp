// SPDX-License-Identifier: Apache-2.0
// T14 in the numbers of the list of threats: a thousand clients that do not read, beside a hundred that do.
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <charconv>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <thread>

#include "client/swarm.h"
#include "support/footprint.h"
#include "support/parties.h"
#include "support/slow_readers.h"

namespace fairlead::abuse {
namespace {

using client::Clock;
using support::kMiB;
using namespace std::chrono_literals;

constexpr std::size_t kSleepers = 1000;
constexpr std::size_t kHealthy = 100;
// A tenth of it is more than what is on its way through the broker and what the allocator keeps, some 10 MiB
// on a machine that has other work.
constexpr std::size_t kBudget = 128 * kMiB;
constexpr std::chrono::milliseconds kStep{
    10};  // in each 100 publications for sleepers and one for the healthy
constexpr std::size_t kAStep = 100;
constexpr std::size_t kMostAtOnce = 500;  // publications without an answer: what is on its way is no queue
constexpr std::string_view kNumber = R"("number":)";
constexpr std::string_view kTime = R"("time":)";

/// Of each policy; SLOW_READER_SECONDS says another.
std::chrono::seconds duration() {
    const char* given = std::getenv("SLOW_READER_SECONDS");
    return std::chrono::seconds(given == nullptr ? 15 : std::max(1, std::atoi(given)));
}

std::uint64_t now_ns() {
    return static_cast<std::uint64_t>(Clock::now().time_since_epoch() / 1ns);
}

std::uint64_t number_behind(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    if (at == text.npos) return 0;
    std::uint64_t number = 0;
    std::from_chars(text.data() + at + name.size(), text.data() + text.size(), number);
    return number;
}

/// The hundred: what they get is looked at, one number after the other.
class Healthy final : public client::SwarmListener {
public:
    explicit Healthy(std::string channel) : channel_(std::move(channel)), last_(kHealthy, 0) {}

    void opened(std::size_t connection) override {
        swarm->send(connection, client::Swarm::text_frame(R"({"connect":{},"id":1})") +
                                    client::Swarm::text_frame(R"({"subscribe":{"channel":")" + channel_ +
                                                              R"("},"id":2})"));
    }
    void received(std::size_t connection, std::string_view reply) override {
        if (reply.find(R"("id":2)") != reply.npos) ++subscribed;
        const std::uint64_t number = number_behind(reply, kNumber);
        if (number == 0) return;
        if (number != last_[connection] + 1) ++holes;
        last_[connection] = number;
        latencies.push_back(static_cast<double>(now_ns() - number_behind(reply, kTime)) / 1e6);
    }
    void gone(std::size_t, std::string_view) override { ++lost; }

    bool have(std::uint64_t number) const {
        return std::all_of(last_.begin(), last_.end(),
                           [number](std::uint64_t last) { return last == number; });
    }
    /// In milliseconds, since the last call.
    double p99() {
        if (latencies.empty()) return 0;
        const auto at = latencies.begin() + static_cast<std::ptrdiff_t>(latencies.size() * 99 / 100);
        std::nth_element(latencies.begin(), at, latencies.end());
        const double found = *at;
        latencies.clear();
        return found;
    }

    client::Swarm* swarm = nullptr;
    std::size_t subscribed = 0;
    std::size_t holes = 0;
    std::size_t lost = 0;
    std::vector<double> latencies;

private:
    std::string channel_;
    std::vector<std::uint64_t> last_;
};

/// A client that reads nothing once it is subscribed, and for which the kernel takes little.
client::Client sleeper(const support::Broker& broker, const std::string& channel) {
    auto client = support::enter(broker);
    support::subscribe(client, channel);
    const int bytes = 4096;
    ::setsockopt(client.websocket().descriptor(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    return client;
}

/// What the service does, in a thread of its own.
class Feed {
public:
    Feed(const support::Broker& broker, std::string policy)
        : policy_(std::move(policy)), service_("feed", "1.0.0", support::behind(broker)) {
        support::join(service_);
    }

    /// So long; the sleepers have a channel each, so that no frame is shared.
    void run(std::chrono::seconds time, std::size_t sleepers) {
        const auto begin = Clock::now();
        for (auto next = begin; next < begin + time; next += kStep) {
            std::this_thread::sleep_until(next);
            for (std::size_t i = 0; sleepers > 0 && i < kAStep; ++i) {
                const std::string channel = policy_ + ":" + std::to_string(turn_++ % sleepers);
                keep(service_.channel(channel).publish(
                    Value::map({{"filling", filling_}}),
                    PublishOptions{}.key(std::to_string(turn_ / sleepers % 1000))));
                ++for_sleepers;
            }
            keep(service_.channel(policy_ + ":healthy")
                     .publish(Value::map({{"number", ++sent}, {"time", now_ns()}})));
        }
        while (!waiting_.empty())
            settle();
        done = true;
    }

    std::size_t for_sleepers = 0;
    std::uint64_t sent = 0;
    std::size_t refused = 0;
    std::atomic<bool> done{false};

private:
    void keep(Future<Published> future) {
        waiting_.push_back(std::move(future));
        while (waiting_.size() > kMostAtOnce)
            settle();
    }
    void settle() {
        refused += waiting_.front().wait() ? 0U : 1U;
        waiting_.pop_front();
    }

    std::string policy_;
    Service service_;
    std::string filling_ = std::string(1500, 'x');
    std::size_t turn_ = 0;
    std::deque<Future<Published>> waiting_;
};

void raise_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_CASE("T14: a thousand that do not read cost their budget, and a hundred beside them lose nothing",
          "[slow_readers]") {
    raise_descriptors();
    const std::string policy = GENERATE("disconnect", "drop_oldest", "drop_newest", "conflate");
    const auto config = support::policies_config("max_queue = \"256 KiB\"\nmax_total_queue = \"128 MiB\"\n");
    support::Broker broker({"--config", config.path(), "--set", "websocket.threads=1"});
    const pid_t pid = broker.process().pid();
    Feed feed(broker, policy);
    Healthy healthy(policy + ":healthy");
    auto swarm = client::Swarm::create(*client::parse_url(broker.websocket_url()), healthy);
    REQUIRE(swarm);
    healthy.swarm = &*swarm;
    swarm->open(kHealthy);
    while (healthy.subscribed < kHealthy && healthy.lost == 0)
        swarm->turn(100ms);
    REQUIRE(healthy.lost == 0);

    const auto play = [&](std::chrono::seconds time, std::size_t sleepers) {
        feed.done = false;
        const auto give_up = Clock::now() + 3 * time + support::kPatience;
        std::thread thread([&] { feed.run(time, sleepers); });
        while ((!feed.done || !healthy.have(feed.sent)) && Clock::now() < give_up)
            swarm->turn(10ms);
        thread.join();
        return healthy.p99();
    };
    const double idle = play(5s, 0);
    std::vector<client::Client> sleepers;
    for (std::size_t i = 0; i < kSleepers; ++i) {
        sleepers.push_back(sleeper(broker, policy + ":" + std::to_string(i)));
        if (i % 50 == 0) swarm->turn(0ms);
    }
    const std::size_t base = support::footprint_of(pid).resident;
    support::forget_peak(pid);
    const auto begin = Clock::now();
    const double busy = play(duration(), kSleepers);
    const double took = std::chrono::duration<double>(Clock::now() - begin).count();
    const std::size_t most = support::footprint_of(pid).peak_resident;
    std::cout << policy << ": " << static_cast<double>(feed.for_sleepers) / took
              << " publications a second for " << kSleepers << " that do not read (" << feed.refused
              << " refused), resident " << base / kMiB << " MiB, then at most " << most / kMiB
              << " MiB; p99 of " << kHealthy << " that read " << idle << " ms alone, " << busy
              << " ms beside them\n";
    CHECK(most <= base + kBudget + kBudget / 10);
    CHECK(most > base + kBudget / 4);  // else nothing was tested
    CHECK(healthy.have(feed.sent));
    CHECK(healthy.holes == 0);
    CHECK(healthy.lost == 0);
}

}  // namespace
}  // namespace fairlead::abuse
