// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "backplane/options.h"
#include "backplane/registry.h"
#include "base/clock.h"

namespace fairlead::backplane {

/// Who must be told that the broker lives, and who was silent for too long. All traffic counts as life. A
/// pause of the broker itself is nobody's silence. Threads: one, core's.
class Liveness {
public:
    struct Due {
        std::vector<Instance*> heartbeats;
        std::vector<Instance*> probes;  ///< requests are outstanding, and nothing was sent for a while
        bool silence = false;           ///< somebody is silent: read all input, then ask is_silent()
    };

    Liveness(const Options& options, const base::Clock& clock) : options_(options), clock_(clock) {}

    void greeted(Instance& instance) const;
    void heard(Instance& instance) const { instance.heard = clock_.now(); }
    void sent(Instance& instance) const { instance.sent = clock_.now(); }
    bool is_silent(const Instance& instance) const {
        return clock_.now() - instance.heard > options_.dead_after;
    }

    /// Call it about every 10 ms. The answer holds until the next call.
    const Due& sweep(Registry& registry);

private:
    const Options& options_;
    const base::Clock& clock_;
    std::optional<base::Steady> last_sweep_;
    Due due_;
};

}  // namespace fairlead::backplane
