// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "app/overload.h"
#include "base/clock.h"
#include "base/log.h"
#include "edge/admission.h"

namespace fairlead::app {

/// Looks ten times a second at what the broker has in memory, and has the edge take the steps of Overload.
/// Threads: one.
class MemoryWatch {
public:
    /// `shed(bytes)` has the edge threads close the clients that read least, until so much less waits for clients.
    /// `budget` 0 = 80 % of what there is.
    MemoryWatch(std::size_t budget, base::Clock& clock, base::Log& log, edge::Admission& admission,
                std::function<void(std::size_t bytes)> shed);

    void tick();

private:
    void look();
    void say(std::size_t used);

    const std::size_t budget_;
    base::Clock& clock_;
    base::Log& log_;
    edge::Admission& admission_;
    const std::function<void(std::size_t bytes)> shed_;
    Overload overload_;
    base::Steady look_at_{};
};

}  // namespace fairlead::app
