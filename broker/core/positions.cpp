// SPDX-License-Identifier: Apache-2.0
#include "core/positions.h"

#include <chrono>
#include <memory>

namespace fairlead::core {
namespace {

constexpr std::chrono::seconds kRound{40};
constexpr std::chrono::milliseconds kSlice{100};

}  // namespace

void Positions::stands(Row channel, const Position& top) {
    std::unique_ptr<Position>& known = channels_.place(channel);
    const bool same = known && known->offset == top.offset && known->epoch == top.epoch;
    if (same) return;
    // Before the first publication there is nothing to lose, whatever the epoch is called by now.
    const bool lost = known && (known->offset > 0 || top.offset > 0);
    known = std::make_unique<Position>(top);
    if (lost) lost_(channel);
}

bool Positions::moves(Row channel, const Position& next) {
    std::unique_ptr<Position>& known = channels_.place(channel);
    const bool follows = known && known->offset + 1 == next.offset && (known->offset == 0 || known->epoch == next.epoch);
    if (follows) {
        if (known->offset == 0) known->epoch = next.epoch;
        known->offset = next.offset;
        return true;
    }
    // Without a known place they came before the channel kept any.
    known = std::make_unique<Position>(next);
    lost_(channel);
    return false;
}

void Positions::tick() {
    const base::Steady now = clock_.now();
    if (now - since_ < kSlice) return;
    since_ = now;
    const std::size_t slices = kRound / kSlice;
    const auto share = static_cast<Row>(channels_.rows() / slices + 1);
    next_ = channels_.for_some(next_, share, [this](Row channel) {
        look(channel);
        return true;
    });
}

void Positions::look(Row channel) {
    if (channels_.place(channel)) stands(channel, history_.read(channels_.name(channel), {}).top);
}

}  // namespace fairlead::core
