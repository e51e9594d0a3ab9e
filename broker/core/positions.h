// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "base/clock.h"
#include "core/channels.h"
#include "core/history.h"

namespace fairlead::core {

/// Where the subscribers of channels with history stand. Whenever that is not where the stream was before the
/// next publication, or what it is found to be in quiet times, something was lost between: they are told, and
/// recover.
///
/// Threads: one.
class Positions {
public:
    Positions(const base::Clock& clock, History& history, Channels& channels)
        : clock_(clock), history_(history), channels_(channels), since_(clock.now()) {}

    /// Who tells the subscribers of a channel, which may be left without any by that.
    void attach(std::function<void(Row channel)> lost) { lost_ = std::move(lost); }

    /// The stream stands there now: a subscriber has been told so, or is about to be.
    void stands(Row channel, const Position& top);
    /// A publication has got this place, and goes to the subscribers next. False: they have been told that they lost
    /// something, and the channel may be gone.
    bool moves(Row channel, const Position& next);
    /// Compares each channel about every 40 s.
    void tick();

    /// Compares one channel, which may be left without subscribers by that.
    void look(Row channel);

private:
    const base::Clock& clock_;
    History& history_;
    Channels& channels_;
    std::function<void(Row)> lost_;
    base::Steady since_;
    Row next_ = 0;
};

}  // namespace fairlead::core
