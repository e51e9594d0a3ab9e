// SPDX-License-Identifier: Apache-2.0
// F24: ten thousand clients are dropped at once and come back as the SDKs do. All recover, nobody else
// notices, and the broker's memory does not swell. FAIRLEAD_TEST_STORM sets another number of clients.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/json.h"
#include "client/swarm.h"
#include "support/footprint.h"
#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

using client::JsonValue;
using client::member;
using client::number_of;
using client::quoted;
using client::Swarm;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kChannels = 100;
constexpr std::size_t kBystanders = 100;
constexpr int kBefore = 5;  // publications of each channel
constexpr int kMeanwhile = 20;

std::size_t crowd_size() {
    const char* set = std::getenv("FAIRLEAD_TEST_STORM");
    return set != nullptr ? static_cast<std::size_t>(std::atoll(set)) : 10'000;
}

/// What one client knows of its channel, over all its connections.
struct Member {
    std::string channel;
    std::string epoch;
    std::uint64_t offset = 0;
    bool in_order = true;
    bool recovered = false;
    bool there = false;
    int tries = 0;

    void see(const JsonValue& publication) {
        const std::uint64_t at = number_of(publication, "offset");
        in_order = in_order && at == offset + 1;
        offset = at;
    }
};

/// Clients that come when they are told to, subscribe with what they know, and try again with the SDKs'
/// pauses.
class Crowd final : public client::SwarmListener {
public:
    Crowd(const Broker& broker, std::vector<Member>& members) : members_(members) {
        auto swarm = Swarm::create(*client::parse_url(broker.websocket_url()), *this);
        if (!swarm) throw std::runtime_error(swarm.error().text);
        swarm_ = std::make_unique<Swarm>(std::move(*swarm));
    }

    /// Each begins to come within half of `pause` and `pause`.
    void come(milliseconds pause) {
        for (std::size_t i = 0; i < members_.size(); ++i)
            due_.push_back({Clock::now() + pause / 2 + jitter(pause / 2), i});
        std::sort(due_.begin(), due_.end());
    }

    template <typename Done>
    void turn_until(Done&& done, milliseconds patience) {
        for (const auto end = Clock::now() + patience; !done() && Clock::now() < end;) {
            open_due();
            swarm_->turn(milliseconds(10));
        }
    }

    bool all_there() const { return there_ == members_.size(); }
    bool all_at(std::uint64_t offset) const {
        return std::all_of(members_.begin(), members_.end(),
                           [&](const Member& each) { return each.offset >= offset; });
    }
    std::size_t lost() const { return lost_; }
    void drop() { swarm_->clear(); }

private:
    struct Due {
        Clock::time_point when;
        std::size_t who;
        bool operator<(const Due& other) const { return when < other.when; }
    };

    milliseconds jitter(milliseconds most) {
        return milliseconds(std::uniform_int_distribution<std::int64_t>(0, most.count())(random_));
    }

    void open_due() {
        std::size_t count = 0;
        for (; !due_.empty() && due_.front().when <= Clock::now(); ++count) {
            who_.push_back(due_.front().who);
            due_.erase(due_.begin());
        }
        if (count > 0) swarm_->open(count);
    }

    void opened(std::size_t connection) override {
        const Member& each = members_[who_[connection]];
        std::string commands = R"({"connect":{"name":"storm"},"id":1})";
        commands += "\n{\"subscribe\":{\"channel\":" + quoted(each.channel);
        if (!each.epoch.empty()) {
            commands += ",\"recover\":true,\"epoch\":" + quoted(each.epoch) +
                        ",\"offset\":" + std::to_string(each.offset);
        }
        swarm_->send(connection, Swarm::text_frame(commands + "},\"id\":2}"));
    }

    void received(std::size_t connection, std::string_view text) override {
        Member& each = members_[who_[connection]];
        const auto parsed = client::parse_json(text);
        if (!parsed) return;
        if (const JsonValue* push = member(*parsed, "push")) {
            const JsonValue* publication = member(*push, "pub");
            if (publication != nullptr) each.see(*publication);
            return;
        }
        const JsonValue* result = member(*parsed, "subscribe");
        if (result == nullptr) return;
        each.epoch = member(*result, "epoch")->GetString();
        each.recovered = member(*result, "recovered") != nullptr;
        if (const JsonValue* missed = member(*result, "publications")) {
            for (const JsonValue& publication : missed->GetArray())
                each.see(publication);
        }
        if (!each.there) ++there_;
        each.there = true;
    }

    void gone(std::size_t connection, std::string_view) override {
        Member& each = members_[who_[connection]];
        if (each.there) {
            ++lost_;
            --there_;
        }
        each.there = false;
        const auto longest =
            std::min(milliseconds(20'000), milliseconds(500) * (1 << std::min(++each.tries, 6)));
        const Due due{Clock::now() + milliseconds(500) + jitter(longest), who_[connection]};
        due_.insert(std::upper_bound(due_.begin(), due_.end(), due), due);
    }

    std::vector<Member>& members_;
    std::unique_ptr<Swarm> swarm_;
    std::vector<std::size_t> who_;  // by connection
    std::vector<Due> due_;
    std::minstd_rand random_{7};
    std::size_t there_ = 0;
    std::size_t lost_ = 0;
};

/// Clients that stay, in a thread of their own: each sees every number in its order.
class Bystanders final : public client::SwarmListener {
public:
    explicit Bystanders(const Broker& broker) : last_(kBystanders, 0) {
        auto swarm = Swarm::create(*client::parse_url(broker.websocket_url()), *this);
        if (!swarm) throw std::runtime_error(swarm.error().text);
        swarm_ = std::make_unique<Swarm>(std::move(*swarm));
        swarm_->open(kBystanders);
        while (subscribed_ < kBystanders && !gone_)
            swarm_->turn(milliseconds(10));
        thread_ = std::thread([this] {
            while (!stop_)
                swarm_->turn(milliseconds(10));
        });
    }
    ~Bystanders() override { finish(); }

    /// Waits until all have seen this one; false when that takes too long.
    bool wait_for(std::uint64_t number) const {
        for (const auto end = Clock::now() + kPatience; seen_ < number * kBystanders;) {
            if (Clock::now() > end) return false;
            std::this_thread::yield();
        }
        return true;
    }
    void finish() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
    }
    bool undisturbed() const { return !gone_ && in_order_; }
    milliseconds p99() const {
        auto all = delays_;
        std::sort(all.begin(), all.end());
        return std::chrono::duration_cast<milliseconds>(all.empty() ? Clock::duration(0)
                                                                    : all[all.size() * 99 / 100]);
    }

private:
    void opened(std::size_t connection) override {
        swarm_->send(
            connection,
            Swarm::text_frame("{\"connect\":{},\"id\":1}\n{\"subscribe\":{\"channel\":\"calm\"},\"id\":2}"));
    }
    void received(std::size_t connection, std::string_view text) override {
        const auto parsed = client::parse_json(text);
        if (!parsed) return;
        if (member(*parsed, "subscribe") != nullptr) ++subscribed_;
        const JsonValue* push = member(*parsed, "push");
        const JsonValue* publication = push == nullptr ? nullptr : member(*push, "pub");
        if (publication == nullptr) return;
        const JsonValue& data = *member(*publication, "data");
        const std::uint64_t number = data[0].GetUint64();
        in_order_ = in_order_ && number == last_[connection] + 1;
        last_[connection] = number;
        const Clock::duration sent(data[1].GetInt64());
        delays_.push_back(Clock::now().time_since_epoch() - sent);
        ++seen_;
    }
    void gone(std::size_t, std::string_view) override { gone_ = true; }

    std::unique_ptr<Swarm> swarm_;
    std::vector<std::uint64_t> last_;
    std::vector<Clock::duration> delays_;
    std::atomic<std::size_t> subscribed_{0};
    std::atomic<std::uint64_t> seen_{0};
    std::atomic<bool> in_order_{true};
    std::atomic<bool> gone_{false};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

/// Publishes 50 times a second to the bystanders until it is stopped.
class Ticker {
public:
    explicit Ticker(Service& service)
        : thread_([this, &service] {
              for (auto next = Clock::now(); !stop_; next += milliseconds(20)) {
                  std::this_thread::sleep_until(next);
                  const std::vector<std::int64_t> data{static_cast<std::int64_t>(++sent_),
                                                       Clock::now().time_since_epoch().count()};
                  service.channel("calm").publish(data);
              }
          }) {}
    ~Ticker() { stop(); }
    std::uint64_t stop() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
        return sent_;
    }

private:
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> sent_{0};
    std::thread thread_;
};

void publish_to_all(Service& service, int times) {
    std::vector<Future<Published>> sent;
    for (int i = 0; i < times; ++i) {
        for (std::size_t channel = 0; channel < kChannels; ++channel)
            sent.push_back(service.channel("room:" + std::to_string(channel)).publish(i));
    }
    for (auto& one : sent)
        REQUIRE(one.wait().ok());
}

TEST_CASE("F24: a crowd that is dropped at once is back and has missed nothing", "[storm]") {
    const TemporaryFile config(
        "[client]\nanonymous = true\n[[namespace]]\nname = \"room\"\nsubscribe = [\"anyone\"]\nhistory_size "
        "= 100\n"
        "[[namespace]]\nname = \"\"\nsubscribe = [\"anyone\"]\n");
    Broker broker({"--config", config.path()});
    Service service{"news", "1.0.0", behind(broker)};
    join(service);
    Bystanders bystanders(broker);

    std::vector<Member> members(crowd_size());
    for (std::size_t i = 0; i < members.size(); ++i)
        members[i].channel = "room:" + std::to_string(i % kChannels);
    auto crowd = std::make_unique<Crowd>(broker, members);
    crowd->come(milliseconds(1000));
    crowd->turn_until([&] { return crowd->all_there(); }, kPatience * 3);
    REQUIRE(crowd->all_there());
    publish_to_all(service, kBefore);
    crowd->turn_until([&] { return crowd->all_at(kBefore); }, kPatience);
    REQUIRE(crowd->all_at(kBefore));

    Ticker ticker(service);
    const pid_t pid = broker.process().pid();
    const std::size_t steady = footprint_of(pid).resident;
    forget_peak(pid);
    const double cpu = cpu_seconds(pid);
    crowd->drop();
    for (Member& each : members)
        each.there = each.recovered = false;
    crowd = std::make_unique<Crowd>(broker, members);
    publish_to_all(service, kMeanwhile);
    const auto begin = Clock::now();
    crowd->come(milliseconds(1000));
    crowd->turn_until([&] { return crowd->all_there(); }, kPatience * 3);
    const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
    const std::size_t peak = footprint_of(pid).peak_resident;
    publish_to_all(service, 1);
    crowd->turn_until([&] { return crowd->all_at(kBefore + kMeanwhile + 1); }, kPatience);
    const std::uint64_t ticks = ticker.stop();

    CHECK(crowd->all_there());
    CHECK(crowd->lost() == 0);
    CHECK(std::all_of(members.begin(), members.end(), [](const Member& each) {
        return each.recovered && each.in_order && each.offset == kBefore + kMeanwhile + 1;
    }));
    CHECK(bystanders.wait_for(ticks));
    bystanders.finish();
    CHECK(bystanders.undisturbed());
    CHECK(took <= std::chrono::seconds(30));
    CHECK(static_cast<double>(peak) <= 1.3 * static_cast<double>(steady));
    std::cout << members.size() << " clients were back after " << took.count() << " ms; broker "
              << cpu_seconds(pid) - cpu << " s CPU, resident " << steady / kMiB << " MiB, at the most "
              << peak / kMiB << " MiB; bystanders' p99 " << bystanders.p99().count() << " ms over " << ticks
              << " publications\n";
}

}  // namespace
}  // namespace fairlead::support
