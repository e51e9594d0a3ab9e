// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/channels.h"
#include "core/farewells.h"
#include "core/options.h"
#include "core/teller.h"

namespace fairlead::core {

/// Which channels have subscribers, as services are told: occupied, vacated. The channels of users are left
/// out: users are online or offline.
///
/// Threads: one.
class Occupancy {
public:
    Occupancy(const Options& options, const Ports& ports, Channels& channels, Teller& teller)
        : options_(options),
          clock_(ports.clock),
          channels_(channels),
          teller_(teller),
          leaving_(ports.clock.now()) {}

    /// The channel has its first subscriber, or has lost its last.
    void occupied(std::string_view channel);
    void vacated(std::string_view channel);

    /// The channels that have subscribers now; see Broker::snapshot.
    SnapshotPage channels(std::uint64_t from, std::size_t max_events);

    void tick();

private:
    void tell(SessionEvent::Kind kind, std::string_view channel);

    const Options& options_;
    const base::Clock& clock_;
    Channels& channels_;
    Teller& teller_;
    Farewells leaving_;
};

}  // namespace fairlead::core
