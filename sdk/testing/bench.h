// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "backplane/gateway.h"
#include "config/config.h"
#include "core/broker.h"
#include "core/ports.h"
#include "edge/translator.h"
#include "engine/history_memory.h"
#include "testing/clock.h"
#include "testing/edge_memory.h"
#include "testing/record.h"
#include "testing/switchboard.h"

namespace fairlead::testing {

/// The same bytes in each run, so that a test that fails fails again. Threads: one.
class RandomSequence final : public core::Random {
public:
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(numbers_() & 0xff);
    }

private:
    std::mt19937_64 numbers_{7};
};

/// The broker in a thread of its own, between services at the switchboard and clients at the edge.
/// Threads: any, unless said otherwise.
class Bench {
public:
    /// Throws Failure for rules that cannot be.
    explicit Bench(std::optional<std::string> rules);
    ~Bench();

    /// For core. Both throw Failure once the broker is gone.
    void post(core::FromEdge&& message);
    void emit(core::Event&& event);
    void stop();

    /// Waits until all that is under way has arrived; `handlers`: and no handler runs. Throws Failure.
    void settle(bool handlers);
    void advance(std::chrono::milliseconds time);

    /// Waits on `changed` for `ready`. Throws Failure with what `what` says.
    template <typename Ready, typename What>
    void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, Ready ready,
              What what) const {
        if (changed.wait_for(lock, patience(), ready)) return;
        throw Failure(what() + late());
    }

    /// Does it to the seat of a service that has greeted, when nothing is under way. Throws Failure if it has
    /// not.
    void at_seat(const Service& service, const std::function<void(Switchboard&, Seat&)>& act);

    std::chrono::milliseconds patience() const noexcept { return patience_.load(); }
    void patience(std::chrono::milliseconds time) noexcept { patience_ = time; }
    EdgeMemory& edge() noexcept { return edge_; }
    Record& record() noexcept { return *record_; }
    ServiceOptions options() const;

private:
    bool post_task(std::function<void()> task);
    bool take(core::FromEdge&& message);
    void run();
    void turn();
    bool has_work() const;
    std::string late() const;

    const config::Config config_;
    const std::shared_ptr<Clock> clock_ = std::make_shared<Clock>();
    const std::shared_ptr<Switchboard> board_ = std::make_shared<Switchboard>(*clock_);
    const std::shared_ptr<Record> record_ = std::make_shared<Record>();
    std::atomic<std::chrono::milliseconds> patience_{std::chrono::seconds(10)};

    // Guarded by the switchboard's mutex.
    std::vector<std::function<void()>> tasks_;
    bool stopped_ = false;

    // The broker's thread's, once it runs.
    RandomSequence random_;
    edge::Translator translator_;
    engine::HistoryMemory history_;
    EdgeMemory edge_;
    bool wanted_ = false;
    backplane::Gateway gateway_;
    core::Broker broker_;

    std::thread thread_;
};

}  // namespace fairlead::testing
