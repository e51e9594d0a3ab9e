// SPDX-License-Identifier: Apache-2.0
#include "app/loop.h"

#include <asio/post.hpp>
#include <utility>

namespace fairlead::app {
namespace {

constexpr std::chrono::milliseconds kTick{10};
constexpr int kMaxRounds = 8;  // then the kernel is looked at again, so that no part starves the others

}  // namespace

Loop::Loop() : work_(asio::make_work_guard(io_)), tick_(io_) {}

void Loop::add(Part end_of_turn, std::function<void()> every_10_ms) {
    parts_.push_back(std::move(end_of_turn));
    ticks_.push_back(std::move(every_10_ms));
}

void Loop::want_turn() {
    if (wanted_.exchange(true, std::memory_order_acq_rel)) return;
    asio::post(io_, [this] { end_turn(); });
}

void Loop::end_turn() {
    wanted_.store(false, std::memory_order_release);
    for (int round = 0; round < kMaxRounds; ++round) {
        bool any = false;
        for (Part& part : parts_) any = part() || any;
        if (!any) return;
    }
    want_turn();
}

void Loop::arm_tick() {
    tick_.expires_after(kTick);
    tick_.async_wait([this](const asio::error_code& error) {
        if (error) return;
        for (auto& tick : ticks_) tick();
        want_turn();
        arm_tick();
    });
}

void Loop::run() {
    arm_tick();
    io_.run();
}

void Loop::stop() {
    asio::post(io_, [this] { io_.stop(); });
}

}  // namespace fairlead::app
