// SPDX-License-Identifier: Apache-2.0
#include "testing/bench.h"

#include <algorithm>
#include <utility>

#include "config/load.h"
#include "testing/door_memory.h"
#include "testing/host_memory.h"

namespace fairlead::testing {
namespace {

constexpr std::chrono::milliseconds kTick{10};      // that of the broker's loop
constexpr std::chrono::milliseconds kLongest{100};  // heartbeats come every second, so nobody misses one
constexpr int kSteps = 1000;
constexpr const char* kGone = "the broker of this test is gone";

config::Config config_of(std::optional<std::string> rules) {
    config::Inputs inputs;
    inputs.text = std::move(rules);
    config::Loaded loaded = config::load(inputs);
    if (loaded.config) return std::move(*loaded.config);
    std::string all = "these rules cannot be:";
    for (const auto& problem : loaded.problems)
        all += "\n  " + config::line_of(problem);
    throw Failure(all);
}

}  // namespace

Bench::Bench(std::optional<std::string> rules)
    : config_(config_of(std::move(rules))),
      translator_(config_.edge.max_depth),
      history_(config_.engine, *clock_, random_),
      edge_(config_.edge, *clock_, [this](core::FromEdge&& message) { take(std::move(message)); }),
      gateway_(std::make_unique<DoorMemory>(board_), config_.backplane, *clock_, *record_,
               [this] { wanted_ = true; }),
      broker_(
          config_.core,
          core::Ports{*clock_, *record_, random_, gateway_, translator_, history_, {&edge_}, record_.get()}) {
    gateway_.tap(*record_);
    gateway_.attach(broker_);
    thread_ = std::thread([this] { run(); });
}

Bench::~Bench() {
    stop();
}

void Bench::stop() {
    {
        std::lock_guard lock(board_->mutex);
        stopped_ = true;
    }
    board_->shut();
    if (thread_.joinable()) thread_.join();
}

// ---- the broker's thread

bool Bench::has_work() const {
    return stopped_ || !tasks_.empty() || board_->message_waits() || board_->broker_saw != board_->moved();
}

void Bench::run() {
    std::unique_lock lock(board_->mutex);
    while (!stopped_) {
        board_->broker_waits = true;
        board_->changed.notify_all();
        board_->changed.wait(lock, [this] { return has_work(); });
        board_->broker_waits = false;
        board_->broker_saw = board_->moved();
        std::vector<std::function<void()>> tasks = std::exchange(tasks_, {});
        lock.unlock();
        for (const auto& task : tasks)
            task();
        turn();
        gateway_.tick();
        broker_.tick();
        history_.tick();
        turn();
        lock.lock();
    }
}

void Bench::turn() {
    do {
        wanted_ = false;
        gateway_.on_turn();
    } while (wanted_ || board_->readable());
}

// ---- from everywhere

/// What core does next; false once the broker is gone.
bool Bench::post_task(std::function<void()> task) {
    std::lock_guard lock(board_->mutex);
    if (stopped_) return false;
    tasks_.push_back(std::move(task));
    board_->changed.notify_all();
    return true;
}

bool Bench::take(core::FromEdge&& message) {
    auto shared = std::make_shared<core::FromEdge>(std::move(message));
    return post_task([this, shared] { broker_.handle(std::move(*shared)); });
}

void Bench::post(core::FromEdge&& message) {
    if (!take(std::move(message))) throw Failure(kGone);
}

void Bench::emit(core::Event&& event) {
    auto shared = std::make_shared<core::Event>(std::move(event));
    if (!post_task([this, shared] { gateway_.emit(std::move(*shared)); })) throw Failure(kGone);
}

void Bench::settle(bool handlers) {
    std::unique_lock lock(board_->mutex);
    std::string busy;
    const auto rests = [&] {
        busy = board_->busy(handlers);
        if (!tasks_.empty() && busy.empty()) busy = "the broker";
        return stopped_ || busy.empty();
    };
    wait(lock, board_->changed, rests, [&] { return "no rest: something to do is still with " + busy; });
}

void Bench::advance(std::chrono::milliseconds time) {
    const auto longest = std::clamp(time / kSteps / kTick * kTick, kTick, kLongest);
    settle(false);
    while (time.count() > 0) {
        const auto now = std::min(longest, time);
        board_->advance(now);
        settle(false);
        time -= now;
    }
}

std::string Bench::late() const {
    return " (waited for " + std::to_string(patience().count()) +
           " ms of real time; time itself stands until advance())";
}

void Bench::at_seat(const Service& service, const std::function<void(Switchboard&, Seat&)>& act) {
    settle(false);
    std::lock_guard lock(board_->mutex);
    Seat* seat = board_->find(service.instance());
    if (seat == nullptr)
        throw Failure("service " + service.name() +
                      " is not linked to this broker: start() it, and wait_ready()");
    act(*board_, *seat);
    board_->changed.notify_all();
}

ServiceOptions Bench::options() const {
    ServiceOptions options;
    options.brokers = {
        "tcp://127.0.0.1:7000"};  // so that the environment's counts for nothing; nobody connects to it
    options.host = std::make_shared<HostMemory>(clock_, board_);
    options.log = [record = record_](LogLevel, std::string_view line) {
        record->add_line(std::string(line));
    };
    return options;
}

}  // namespace fairlead::testing
