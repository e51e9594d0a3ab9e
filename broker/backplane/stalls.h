// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "backplane/registry.h"
#include "base/clock.h"
#include "base/log.h"

namespace fairlead::backplane {

/// Instances that live but make no progress: they hold a request whose deadline passed more than a second
/// ago, and no outcome came since the deadline. Such a one gets nothing until it gives an outcome, or holds
/// nothing any more. Logged when it begins and when it ends. Threads: one, core's.
class Stalls {
public:
    Stalls(const base::Clock& clock, base::Log& log, Registry& registry)
        : clock_(clock), log_(log), registry_(registry) {}

    /// An outcome, whether or not somebody waits for it. True: the instance was stalled, and is not any more.
    bool progress(Instance& instance, base::Steady now) {
        instance.last_outcome = now;
        return instance.stalled && end(instance);
    }
    /// A request left the instance's hands. True as above.
    bool released(Instance& instance) {
        return instance.stalled && instance.outstanding == 0 && end(instance);
    }

    /// Call it about every 10 ms. Those that are stalled since this call; valid until the next.
    const std::vector<Instance*>& sweep();

    std::uint64_t count() const noexcept { return count_; }

private:
    void begin(Instance& instance);
    bool end(Instance& instance);

    const base::Clock& clock_;
    base::Log& log_;
    Registry& registry_;
    std::vector<Instance*> begun_;
    std::optional<base::Steady> last_sweep_;
    std::uint64_t count_ = 0;
};

}  // namespace fairlead::backplane
