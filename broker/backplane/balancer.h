// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "backplane/route.h"
#include "base/clock.h"

namespace fairlead::backplane {

/// Whether the endpoint can have a request now.
bool has_room(const Endpoint& endpoint, base::Steady now) noexcept;

/// Which instance gets the next request: the one with the least outstanding that has room in its window; of
/// equal ones the one that waited longest. So the load of equal instances is even. One that is more than
/// twice as slow as the fastest counts what it would have then as many times over as it is slower. Threads:
/// one, core's.
class Balancer {
public:
    /// nullptr: all windows are full, or nobody is there who takes requests.
    Endpoint* pick(const Route& route, base::Steady now) noexcept;

private:
    std::uint64_t picks_ = 0;
};

}  // namespace fairlead::backplane
